package io.tributary.transport.io;

import org.jspecify.annotations.Nullable;

/// Where a peer's outgoing datagrams go: the shard of its loop. Loop only.
public interface DatagramSink {
    /// Sends the bytes of `datagram` to `tuple` by the end of this turn and takes over the caller's reference.
    /// Datagrams to one tuple keep their order; a full socket drops and counts, it never blocks.
    void send(Tuple tuple, PacketBuffer datagram);

    /// A way to write datagrams to `tuple` straight into the memory they are sent from. Null where the sink has none:
    /// then everything goes through [#send].
    default @Nullable Outlet outlet(Tuple tuple) {
        return null;
    }
}
