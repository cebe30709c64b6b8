package io.tributary.transport.peer;

/// Why a peer wants to be woken.
enum PeerTimer {
    /// The ICE agent's own deadline: consent (RFC 7675).
    ICE,
    /// Missing packets are to be asked for, or asked for again.
    NACK,
    /// Receiver reports for all incoming streams (RFC 3550 §6.4.2).
    RECEIVER_REPORT,
    /// Transport-wide feedback to a congestion-controlled sender.
    TRANSPORT_FEEDBACK,
    /// The next slice of a frame too large to be sent at once.
    PACING
}
