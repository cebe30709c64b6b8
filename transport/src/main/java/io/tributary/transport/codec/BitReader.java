package io.tributary.transport.codec;

/// Bits from the highest of each byte down (AV1 RTP payload format, A.8.2). Reused. Reading past the end gives
/// zeros and is remembered, so that a parser asks once, at its end.
final class BitReader {
    private byte[] array = new byte[0];
    private int start;
    private int at;
    private int end;

    void begin(byte[] a, int offset, int length) {
        array = a;
        start = 8 * offset;
        at = start;
        end = start + 8 * length;
    }

    /// `f(n)`, up to 32 bits.
    int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            int bit = at < end ? array[at >>> 3] >>> (7 - (at & 7)) & 1 : 0;
            value = value << 1 | bit;
            at++;
        }
        return value;
    }

    boolean flag() {
        return bits(1) != 0;
    }

    /// `ns(n)`: one of `values` numbers, the smaller of them in one bit less.
    int oneOf(int values) {
        int width = 32 - Integer.numberOfLeadingZeros(values);
        int shorter = (1 << width) - values;
        int value = bits(width - 1);
        return value < shorter ? value : (value << 1) - shorter + bits(1);
    }

    /// Bits since the beginning.
    int position() {
        return at - start;
    }

    void skipTo(int position) {
        at = start + position;
    }

    boolean overrun() {
        return at > end;
    }
}
