package io.tributary.transport.io;

import java.net.InetSocketAddress;

/// Who gets the datagrams of a shard, on its loop.
public interface DatagramReceiver {
    /// The buffer is lent: retain it to keep it past the return.
    void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram);
}
