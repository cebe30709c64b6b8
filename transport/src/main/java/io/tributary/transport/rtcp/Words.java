package io.tributary.transport.rtcp;

/// Big-endian words in byte arrays.
final class Words {
    private Words() {}

    static int u8(byte[] a, int at) {
        return a[at] & 0xFF;
    }

    static int u16(byte[] a, int at) {
        return u8(a, at) << 8 | u8(a, at + 1);
    }

    static int u24(byte[] a, int at) {
        return u8(a, at) << 16 | u16(a, at + 1);
    }

    static int i32(byte[] a, int at) {
        return u16(a, at) << 16 | u16(a, at + 2);
    }

    static long u32(byte[] a, int at) {
        return i32(a, at) & 0xFFFF_FFFFL;
    }

    static void put16(byte[] a, int at, int value) {
        a[at] = (byte) (value >>> 8);
        a[at + 1] = (byte) value;
    }

    static void put24(byte[] a, int at, int value) {
        a[at] = (byte) (value >>> 16);
        put16(a, at + 1, value);
    }

    static void put32(byte[] a, int at, int value) {
        put16(a, at, value >>> 16);
        put16(a, at + 2, value);
    }
}
