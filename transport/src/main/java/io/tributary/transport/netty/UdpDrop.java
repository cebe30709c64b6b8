package io.tributary.transport.netty;

import io.tributary.transport.io.DropReason;

/// Why a shard dropped a datagram.
public enum UdpDrop implements DropReason {
    /// Larger than a packet buffer: no WebRTC peer sends that.
    OVERSIZED,
    /// The socket's send buffer is full. Media that waits is worse than media that is missing.
    SOCKET_FULL,
    /// Audio or control that was kept for a socket whose send buffer is full, until it was of no use any more, or too
    /// much was kept already.
    URGENT_SOCKET_FULL,
    /// The kernel refused this one: no route, no such family on this socket, an address that may not be sent to.
    UNSENDABLE,
    /// Sent through a shard that was closed.
    CLOSED
}
