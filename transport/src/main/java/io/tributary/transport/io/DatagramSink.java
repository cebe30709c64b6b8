package io.tributary.transport.io;

/// Where a peer's outgoing datagrams go: the shard of its loop. Loop only.
public interface DatagramSink {
    /// Sends the bytes of `datagram` to `tuple` by the end of this turn and takes over the caller's reference.
    /// Datagrams
    /// to one tuple keep their order; a full socket drops and counts, it never blocks.
    void send(Tuple tuple, PacketBuffer datagram);
}
