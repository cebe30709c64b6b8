package io.tributary.frames;

import java.util.Optional;

/// The header of an SFrame ciphertext: a key id and a counter, each from nothing to eight bytes beside the first,
/// the config byte (RFC 9605 §4.3).
///
/// ```
///  0 1 2 3 4 5 6 7
/// +-+-----+-+-----+------------+------------+
/// |X|  K  |Y|  C  |  key id …  |  counter … |
/// +-+-----+-+-----+------------+------------+
/// ```
///
/// @param keyId unsigned
/// @param counter unsigned
public record SFrameHeader(long keyId, long counter) {
    /// The config byte and two fields of eight.
    public static final int MAX_SIZE_BYTES = 1 + 2 * Long.BYTES;

    private static final int EXTENDED = 0b1000;
    private static final int FIELD = 0b0111;

    /// Values up to this one fit in the config byte.
    private static final long LARGEST_SHORT = 7;

    /// Reads the header at the beginning of a frame; empty when it is cut off, or a field has more bytes than its
    /// value needs, which §4.3 forbids.
    public static Optional<SFrameHeader> parse(byte[] frame) {
        return parse(frame, 0, frame.length);
    }

    public static Optional<SFrameHeader> parse(byte[] in, int offset, int length) {
        if (length < 1) {
            return Optional.empty();
        }
        int keyField = in[offset] >> 4 & 0xf;
        int counterField = in[offset] & 0xf;
        int keySize = announcedBytes(keyField);
        int counterSize = announcedBytes(counterField);
        if (length < 1 + keySize + counterSize) {
            return Optional.empty();
        }
        long keyId = value(keyField, in, offset + 1, keySize);
        long counter = value(counterField, in, offset + 1 + keySize, counterSize);
        SFrameHeader header = new SFrameHeader(keyId, counter);
        return extraBytes(keyId) == keySize && extraBytes(counter) == counterSize
                ? Optional.of(header)
                : Optional.empty();
    }

    /// Whether a header can be read here, without making one.
    public static boolean isStartOf(byte[] in, int offset, int length) {
        return length >= 1
                && isShortest(in, offset + 1, length - 1, announcedBytes(in[offset] >> 4 & 0xf))
                && isShortest(
                        in,
                        offset + 1 + announcedBytes(in[offset] >> 4 & 0xf),
                        length - 1 - announcedBytes(in[offset] >> 4 & 0xf),
                        announcedBytes(in[offset] & 0xf));
    }

    /// Whether a field of `size` bytes is there and needs them all.
    private static boolean isShortest(byte[] in, int offset, int length, int size) {
        if (size == 0) {
            return length >= 0;
        }
        return length >= size && (size == 1 ? Byte.toUnsignedLong(in[offset]) > LARGEST_SHORT : in[offset] != 0);
    }

    public int sizeBytes() {
        return 1 + extraBytes(keyId) + extraBytes(counter);
    }

    /// Writes [#sizeBytes] bytes and returns where they end.
    public int write(byte[] out, int offset) {
        int keySize = extraBytes(keyId);
        int counterSize = extraBytes(counter);
        out[offset] = (byte) (field(keyId, keySize) << 4 | field(counter, counterSize));
        putLow(keyId, keySize, out, offset + 1);
        putLow(counter, counterSize, out, offset + 1 + keySize);
        return offset + 1 + keySize + counterSize;
    }

    private static int announcedBytes(int field) {
        return (field & EXTENDED) == 0 ? 0 : (field & FIELD) + 1;
    }

    private static int extraBytes(long value) {
        if (Long.compareUnsigned(value, LARGEST_SHORT) <= 0) {
            return 0;
        }
        return (Long.SIZE - Long.numberOfLeadingZeros(value) + Byte.SIZE - 1) / Byte.SIZE;
    }

    private static int field(long value, int extraBytes) {
        return extraBytes == 0 ? (int) value : EXTENDED | (extraBytes - 1);
    }

    private static long value(int field, byte[] in, int offset, int size) {
        if (size == 0) {
            return field;
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << Byte.SIZE | in[offset + i] & 0xff;
        }
        return value;
    }

    private static void putLow(long value, int size, byte[] out, int offset) {
        for (int i = size - 1; i >= 0; i--) {
            out[offset + i] = (byte) value;
            value >>>= Byte.SIZE;
        }
    }
}
