package io.tributary.transport.netty;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Java's addresses for the kernel's, so that a datagram from a known peer makes none.
///
/// An address that takes the place of another costs that one a new object at its next datagram, and nothing else, so
/// strangers gain nothing by filling the table.
final class AddressTable {
    /// Four times the peers of a large room.
    static final int CAPACITY = 2048;

    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final @Nullable InetSocketAddress[] known = new @Nullable InetSocketAddress[CAPACITY];
    private final long[] highs = new long[CAPACITY];
    private final long[] lows = new long[CAPACITY];
    private final long[] tails = new long[CAPACITY];

    /// The address at `at`.
    ///
    /// @return null for a family that no socket of ours has
    @Nullable
    InetSocketAddress read(MemorySegment memory, long at) {
        int family = memory.get(JAVA_SHORT_UNALIGNED, at);
        long port = Short.toUnsignedLong(memory.get(NETWORK_SHORT, at + SocketAddresses.PORT));
        long high = 0;
        long low;
        long scope = 0;
        if (family == SocketAddresses.AF_INET) {
            low = Integer.toUnsignedLong(memory.get(JAVA_INT_UNALIGNED, at + SocketAddresses.IPV4_ADDRESS));
        } else if (family == SocketAddresses.AF_INET6) {
            high = memory.get(JAVA_LONG_UNALIGNED, at + SocketAddresses.IPV6_ADDRESS);
            low = memory.get(JAVA_LONG_UNALIGNED, at + SocketAddresses.IPV6_ADDRESS + Long.BYTES);
            scope = Integer.toUnsignedLong(memory.get(JAVA_INT_UNALIGNED, at + SocketAddresses.IPV6_SCOPE));
        } else {
            return null;
        }
        // The family as well: ::1.2.3.4 is not 1.2.3.4.
        long tail = scope << 32 | port << 8 | family;
        int slot = slot(high, low, tail);
        InetSocketAddress address = known[slot];
        if (address == null || highs[slot] != high || lows[slot] != low || tails[slot] != tail) {
            address = new InetSocketAddress(address(memory, at, family, (int) scope), (int) port);
            known[slot] = address;
            highs[slot] = high;
            lows[slot] = low;
            tails[slot] = tail;
        }
        return address;
    }

    private static int slot(long high, long low, long tail) {
        long mixed = ((high * GOLDEN ^ low) * GOLDEN ^ tail) * GOLDEN;
        return (int) (mixed >>> Long.SIZE - Integer.numberOfTrailingZeros(CAPACITY));
    }

    private static InetAddress address(MemorySegment memory, long at, int family, int scope) {
        boolean ipv6 = family == SocketAddresses.AF_INET6;
        byte[] bytes = new byte[ipv6 ? 16 : 4];
        MemorySegment.copy(
                memory,
                JAVA_BYTE,
                at + (ipv6 ? SocketAddresses.IPV6_ADDRESS : SocketAddresses.IPV4_ADDRESS),
                bytes,
                0,
                bytes.length);
        try {
            return scope == 0 ? InetAddress.getByAddress(bytes) : Inet6Address.getByAddress(null, bytes, scope);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // of its length alone
        }
    }
}
