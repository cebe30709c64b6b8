package io.tributary.load.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/// What stands in a packet where a codec's bits would, or in a frame that is encrypted as a whole: who sent it, which
/// of the source's it is, when, and bytes that follow from its number, so that a receiver knows each of them.
///
/// ```
/// magic (4) | source (2) | layer (1) | 0 (1) | number (8) | sent, ns (8) | pattern …
/// ```
final class TestPayload {
    static final int HEADER_BYTES = 24;

    private static final int MAGIC = 0x74726962;
    /// Of what a frame may hold. Packets use the beginning only.
    static final int MAX_BYTES = 1 << 17;

    private static final int PATTERN_BYTES = MAX_BYTES + 1024;
    private static final int PATTERN_STARTS = 1024;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] PATTERN = new byte[PATTERN_BYTES];

    static {
        new Random(1).nextBytes(PATTERN); // any bytes will do that are not all the same
    }

    private TestPayload() {}

    /// Fills `a[offset, +length)`, at most [#MAX_BYTES].
    static void write(byte[] a, int offset, int length, int source, int layer, long number, long sentNanos) {
        INT.set(a, offset, MAGIC);
        SHORT.set(a, offset + 4, (short) source);
        a[offset + 6] = (byte) layer;
        a[offset + 7] = 0;
        LONG.set(a, offset + 8, number);
        LONG.set(a, offset + 16, sentNanos);
        int filled = length - HEADER_BYTES;
        System.arraycopy(PATTERN, patternStart(number), a, offset + HEADER_BYTES, filled);
    }

    /// Whether every byte is one that [#write] would have written.
    static boolean isIntact(byte[] a, int offset, int length) {
        if (length < HEADER_BYTES || length > MAX_BYTES || (int) INT.get(a, offset) != MAGIC || a[offset + 7] != 0) {
            return false;
        }
        int start = patternStart(number(a, offset));
        int filled = length - HEADER_BYTES;
        return Arrays.equals(a, offset + HEADER_BYTES, offset + length, PATTERN, start, start + filled);
    }

    static int source(byte[] a, int offset) {
        return (short) SHORT.get(a, offset + 4) & 0xFFFF;
    }

    static int layer(byte[] a, int offset) {
        return a[offset + 6];
    }

    static long number(byte[] a, int offset) {
        return (long) LONG.get(a, offset + 8);
    }

    static long sentNanos(byte[] a, int offset) {
        return (long) LONG.get(a, offset + 16);
    }

    private static int patternStart(long number) {
        return (int) (number & (PATTERN_STARTS - 1));
    }
}
