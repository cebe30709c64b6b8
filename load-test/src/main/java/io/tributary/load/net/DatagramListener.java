package io.tributary.load.net;

import io.tributary.transport.io.PacketBuffer;

/// Who gets what arrives on one [ClientSocket], on the loop.
public interface DatagramListener {
    /// @param arrivedNanos when the kernel took it from the wire, by the clock of [ClientLoop#realtimeNanos]
    /// @param remote IPv4 address and port of the sender, as [ClientSocket#endpoint] packs them
    /// @param datagram lent; the same buffer serves the next datagram
    void onDatagram(long arrivedNanos, long remote, PacketBuffer datagram);
}
