package io.tributary.sfu.router;

import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.PacketBuffer;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// What sockets are bound with before there is anybody to receive: peers need the sockets to send to, the sockets need
/// a receiver. Datagrams that come before it is open are dropped; nobody has been told the address yet.
public final class DatagramInlet implements DatagramReceiver {
    private @Nullable DatagramReceiver receiver;

    /// On the loop of the sockets, as is everything here.
    void open(DatagramReceiver newReceiver) {
        receiver = newReceiver;
    }

    @Override
    public void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        DatagramReceiver open = receiver;
        if (open != null) {
            open.receive(nowMicros, socket, remote, datagram);
        }
    }
}
