package io.tributary.load.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// One UDP socket of the generator's: a connection has one of its own, as a browser's has, because a server tells
/// connections apart by address and port. Loop only.
public final class ClientSocket {
    final int fd;
    final DatagramListener listener;
    private final ClientLoop loop;
    private final InetSocketAddress local;

    ClientSocket(ClientLoop loop, int fd, InetSocketAddress local, DatagramListener listener) {
        this.loop = loop;
        this.fd = fd;
        this.local = local;
        this.listener = listener;
    }

    /// Sends by the end of this turn; what the socket does not take is counted.
    ///
    /// @param remote packed by [#endpoint]
    public void send(long remote, byte[] bytes, int offset, int length) {
        loop.send(this, remote, bytes, offset, length);
    }

    public InetSocketAddress local() {
        return local;
    }

    /// Datagrams that arrived and that the kernel threw away, because the generator was late to read them.
    public long overruns() {
        return loop.overruns(this);
    }

    /// An IPv4 address and a port in one number.
    public static long endpoint(byte[] ipv4, int port) {
        return (ipv4[0] & 0xFFL) << 40
                | (ipv4[1] & 0xFFL) << 32
                | (ipv4[2] & 0xFFL) << 24
                | (ipv4[3] & 0xFFL) << 16
                | port;
    }

    public static byte[] ipv4(long endpoint) {
        return new byte[] {
            (byte) (endpoint >>> 40), (byte) (endpoint >>> 32), (byte) (endpoint >>> 24), (byte) (endpoint >>> 16)
        };
    }

    public static int port(long endpoint) {
        return (int) endpoint & 0xFFFF;
    }

    /// For people to read.
    public static String name(long endpoint) {
        try {
            return InetAddress.getByAddress(ipv4(endpoint)).getHostAddress() + ":" + port(endpoint);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are no address", e);
        }
    }
}
