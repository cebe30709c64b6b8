package io.tributary.transport.peer;

import io.tributary.transport.io.DropReason;

/// Why a datagram or packet that reached a peer's port went no further.
public enum PeerDrop implements DropReason {
    /// Not STUN, and no peer is known at this address: nobody decrypts for strangers.
    UNKNOWN_ADDRESS,
    /// A STUN message whose username names no connection of this loop.
    UNKNOWN_UFRAG,
    /// The first byte belongs to no protocol of RFC 7983 that we speak, or the datagram is empty.
    UNKNOWN_PROTOCOL,
    /// DTLS, RTP or RTCP from an address that has not passed a connectivity check.
    UNCHECKED_ADDRESS,
    /// RTP or RTCP before DTLS gave us keys.
    NO_KEYS,
    /// RTP that failed authentication, was replayed, or was no SRTP at all.
    SRTP_REFUSED,
    /// RTCP that failed authentication, was replayed, or was no SRTCP at all.
    SRTCP_REFUSED,
    /// Decrypted, and still no well-formed RTP or RTCP.
    MALFORMED,
    /// Neither SSRC nor MID nor payload type leads to an m-line on which we receive.
    UNROUTABLE,
    /// An SSRC more than a peer may use, or a stream that changes its SSRC faster than anything sane does.
    TOO_MANY_SSRCS,
    /// A packet whose MID contradicts the m-line that its SSRC belongs to.
    SSRC_COLLISION,
    /// A payload type that was not negotiated on its m-line.
    UNKNOWN_PAYLOAD_TYPE,
    /// A retransmission of a number that its stream is nowhere near: it is of the stream that had the place before.
    FOREIGN_REPAIR,
    /// The same packet again: a retransmission that was not needed, or a network that duplicates.
    DUPLICATE,
    /// So late that nobody remembers whether it came already.
    TOO_OLD,
    /// An outgoing packet that would not fit a buffer.
    TOO_LARGE,
    /// An outgoing packet before there was a path and keys for it.
    NOT_CONNECTED,
    /// An outgoing packet that SRTP refused: its number was used before, or its SSRC has ended.
    NOT_PROTECTED,
    /// A retransmission without an RTX stream: under SRTP a number is never used twice (RFC 7714 §8.1).
    NOT_REPEATABLE,
    /// RTP or RTCP that was not even tried, after more forged packets than accidents explain.
    FORGERY_BUDGET,
    /// A handshake that found too many others under way, with its address or altogether; its client tries again.
    HANDSHAKE_BUDGET,
    /// A handshake that took too long while others waited for its place.
    HANDSHAKE_AGED_OUT,
    /// More DTLS records after the handshake than anything needs.
    RECORD_BUDGET,
    /// More feedback in one packet, or from one peer in a second, than is acted upon.
    FEEDBACK_BUDGET,
    /// Input of a peer that was closed because of a bug of ours.
    PEER_FAILED
}
