package io.tributary.transport.netty;

import io.tributary.transport.io.PacketBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;

/// Sends a turn's datagrams of one socket in one system call, from arrays that are built once.
///
/// Memory, per slot: a `struct mmsghdr` that points at an iovec, a socket address and room for one datagram. A send
/// copies bytes and address into the slot and writes three lengths. (Runs of equal size to one remote could share a
/// slot by UDP segmentation offload: the control pointers of the headers are there, and null.)
final class SendmmsgWriter implements DatagramWriter {
    /// Datagrams in one call. A fan-out to a large room takes several, and each is long enough for its fixed cost to
    /// vanish; 256 slots are half a megabyte per socket.
    static final int BATCH = 256;

    /// Addresses whose encoding is kept; encoding one anew is cheap, so a full cache just starts over.
    private static final int CACHED_ADDRESSES = 8192;

    // struct mmsghdr on 64-bit Linux: msg_name 0, msg_namelen 8, msg_iov 16, msg_iovlen 24, msg_control 32,
    // msg_controllen 40, msg_flags 48, msg_len 56
    private static final int HEADER_BYTES = 64;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTORS = 16;
    private static final int VECTORS_LENGTH = 24;

    private static final int VECTOR_BYTES = 16; // struct iovec: iov_base 0, iov_len 8
    private static final int VECTOR_LENGTH = 8;
    private static final int ADDRESS_BYTES = 32; // struct sockaddr_in6 takes 28
    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;

    private final Sendmmsg system;
    private final boolean ipv6;
    private final ShardCounters counters;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment headers = arena.allocate((long) BATCH * HEADER_BYTES, 64);
    private final MemorySegment vectors = arena.allocate((long) BATCH * VECTOR_BYTES, 64);
    private final MemorySegment addresses = arena.allocate((long) BATCH * ADDRESS_BYTES, 64);
    private final MemorySegment payloads = arena.allocate((long) BATCH * PacketBuffer.CAPACITY, 64);
    private final int[] lengths = new int[BATCH];
    private final HashMap<InetSocketAddress, byte[]> encoded = new HashMap<>();
    private int count;

    /// @param ipv6 whether the socket is one: its addresses are IPv6, mapped where need be (RFC 4291 §2.5.5.2)
    @SuppressWarnings("MissingSummary")
    SendmmsgWriter(Sendmmsg system, boolean ipv6, ShardCounters counters) {
        this.system = system;
        this.ipv6 = ipv6;
        this.counters = counters;
        for (long i = 0; i < BATCH; i++) {
            long header = i * HEADER_BYTES;
            MemorySegment vector = vectors.asSlice(i * VECTOR_BYTES, VECTOR_BYTES);
            headers.set(ValueLayout.ADDRESS, header + NAME, addresses.asSlice(i * ADDRESS_BYTES, ADDRESS_BYTES));
            headers.set(ValueLayout.ADDRESS, header + VECTORS, vector);
            headers.set(ValueLayout.JAVA_LONG, header + VECTORS_LENGTH, 1);
            vector.set(ValueLayout.ADDRESS, 0, payloads.asSlice(i * PacketBuffer.CAPACITY, PacketBuffer.CAPACITY));
        }
    }

    @Override
    public void write(InetSocketAddress remote, byte[] array, int offset, int length) {
        byte[] address = encoded.get(remote);
        if (address == null) {
            address = remember(remote);
        }
        if (address.length == 0) {
            counters.dropped(UdpDrop.UNSENDABLE);
            return;
        }
        int slot = count++;
        MemorySegment.copy(address, 0, addresses, ValueLayout.JAVA_BYTE, (long) slot * ADDRESS_BYTES, address.length);
        MemorySegment.copy(array, offset, payloads, ValueLayout.JAVA_BYTE, (long) slot * PacketBuffer.CAPACITY, length);
        headers.set(ValueLayout.JAVA_INT, (long) slot * HEADER_BYTES + NAME_LENGTH, address.length);
        vectors.set(ValueLayout.JAVA_LONG, (long) slot * VECTOR_BYTES + VECTOR_LENGTH, length);
        lengths[slot] = length;
        if (count == BATCH) {
            flush();
        }
    }

    @Override
    public void flush() {
        int done = 0;
        int interruptions = 0;
        while (done < count) {
            int sent = system.send(headers.asSlice((long) done * HEADER_BYTES), count - done);
            if (sent > 0) {
                for (int i = done; i < done + sent; i++) {
                    counters.sent(lengths[i]);
                }
                done += sent;
            } else if (sent == -Sendmmsg.EAGAIN || sent == -Sendmmsg.ENOBUFS) {
                for (; done < count; done++) {
                    counters.dropped(UdpDrop.SOCKET_FULL);
                }
            } else if (sent != -Sendmmsg.EINTR || ++interruptions > BATCH) {
                // This one datagram is at fault (or an ICMP error waited to be told); the ones behind it are not.
                counters.dropped(UdpDrop.UNSENDABLE);
                done++;
            }
        }
        count = 0;
    }

    @Override
    public void close() {
        count = 0;
        arena.close();
    }

    private byte[] remember(InetSocketAddress remote) {
        if (encoded.size() >= CACHED_ADDRESSES) {
            encoded.clear();
        }
        byte[] address = encode(remote);
        encoded.put(remote, address);
        return address;
    }

    /// `struct sockaddr_in` or `sockaddr_in6`; empty when this socket's family cannot reach the address.
    private byte[] encode(InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        if (address == null) {
            return new byte[0]; // a name nobody resolved
        }
        byte[] ip = address.getAddress();
        if (!ipv6) {
            if (ip.length != 4) {
                return new byte[0];
            }
            byte[] to = sockaddr(16, AF_INET, remote.getPort());
            System.arraycopy(ip, 0, to, 4, 4);
            return to;
        }
        byte[] to = sockaddr(28, AF_INET6, remote.getPort());
        if (ip.length == 4) {
            to[18] = (byte) 0xFF;
            to[19] = (byte) 0xFF;
        }
        System.arraycopy(ip, 0, to, 24 - ip.length, ip.length);
        if (address instanceof Inet6Address scoped) {
            ByteBuffer.wrap(to).order(ByteOrder.nativeOrder()).putInt(24, scoped.getScopeId());
        }
        return to;
    }

    /// A socket address with family and port, the rest zero.
    private static byte[] sockaddr(int sizeBytes, short family, int port) {
        byte[] to = new byte[sizeBytes];
        ByteBuffer.wrap(to).order(ByteOrder.nativeOrder()).putShort(0, family);
        ByteBuffer.wrap(to).putShort(2, (short) port); // in network order
        return to;
    }
}
