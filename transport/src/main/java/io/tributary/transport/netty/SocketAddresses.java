package io.tributary.transport.netty;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Addresses as the kernel takes them: `struct sockaddr_in` and `sockaddr_in6` of Linux.
final class SocketAddresses {
    static final short AF_INET = 2;
    static final short AF_INET6 = 10;
    static final int PORT = 2;
    static final int IPV4_ADDRESS = 4;
    static final int IPV6_ADDRESS = 8;
    static final int IPV6_SCOPE = 24;
    private static final int IPV4_BYTES = 16;
    private static final int IPV6_BYTES = 28;
    private static final byte[] UNREACHABLE = {};

    private SocketAddresses() {}

    /// `remote` for a socket of one family; empty when it cannot be reached from there.
    ///
    /// @param ipv6 whether the socket is one: its addresses are IPv6, mapped where need be (RFC 4291 §2.5.5.2)
    static byte[] encode(InetSocketAddress remote, boolean ipv6) {
        InetAddress address = remote.getAddress();
        if (address == null) {
            return UNREACHABLE; // a name nobody resolved
        }
        byte[] ip = address.getAddress();
        if (!ipv6) {
            if (ip.length != 4) {
                return UNREACHABLE;
            }
            byte[] to = sockaddr(IPV4_BYTES, AF_INET, remote.getPort());
            System.arraycopy(ip, 0, to, IPV4_ADDRESS, ip.length);
            return to;
        }
        byte[] to = sockaddr(IPV6_BYTES, AF_INET6, remote.getPort());
        if (ip.length == 4) {
            to[18] = (byte) 0xFF;
            to[19] = (byte) 0xFF;
        }
        System.arraycopy(ip, 0, to, IPV6_SCOPE - ip.length, ip.length);
        if (address instanceof Inet6Address scoped) {
            ByteBuffer.wrap(to).order(ByteOrder.nativeOrder()).putInt(IPV6_SCOPE, scoped.getScopeId());
        }
        return to;
    }

    /// A socket address with family and port, the rest zero.
    private static byte[] sockaddr(int sizeBytes, short family, int port) {
        byte[] to = new byte[sizeBytes];
        ByteBuffer.wrap(to).order(ByteOrder.nativeOrder()).putShort(0, family);
        ByteBuffer.wrap(to).putShort(PORT, (short) port); // in network order
        return to;
    }
}
