package io.tributary.transport.codec;

/// Writes a dependency descriptor (AV1 RTP payload format, appendix A) that another was read from, with other
/// numbers.
public final class DependencyDescriptor {
    /// How much longer than its source a descriptor may become: five flags and as many bits as there are
    /// targets.
    public static final int MAX_GROWTH_BYTES = 5;

    private static final int FIXED_BITS = 24;
    private static final int FLAGS = 5;

    /// Of the five flags the second, from the lowest bit.
    private static final int ACTIVATES = 1 << 3;

    private DependencyDescriptor() {}

    /// Where in a descriptor its frame number is: two bytes, which [#frameNumber] writes.
    public static final int FRAME_NUMBER_OFFSET = 1;

    /// Writes another frame number into the descriptor at `a[offset]`. Frame numbers go up through a stream,
    /// also where it goes on with another layer's frames; what they refer to is relative and moves along.
    public static void frameNumber(byte[] a, int offset, int frameNumber) {
        a[offset + FRAME_NUMBER_OFFSET] = (byte) (frameNumber >>> 8);
        a[offset + FRAME_NUMBER_OFFSET + 1] = (byte) frameNumber;
    }

    /// Copies the descriptor at `source[offset]`, which was read into `frame`, to `target[targetOffset]`, saying
    /// that only `activeTargets` are sent from here on.
    ///
    /// @param frameNumber 16 low bits
    /// @param activeTargets bit by bit from decode target 0 at the lowest
    /// @return bytes written, at most [#MAX_GROWTH_BYTES] more than the source had
    public static int rewrite(
            byte[] source,
            int offset,
            FrameDependencies frame,
            int frameNumber,
            int activeTargets,
            byte[] target,
            int targetOffset) {
        boolean extended = frame.structureEndBit > FIXED_BITS;
        int flags = extended ? bits(source, 8 * offset + FIXED_BITS, FLAGS) : 0;
        int to = 8 * targetOffset;
        to = copy(source, 8 * offset, FIXED_BITS, target, to);
        to = put(target, to, flags | ACTIVATES, FLAGS);
        if (extended) {
            int structureBits = frame.structureEndBit - FIXED_BITS - FLAGS;
            to = copy(source, 8 * offset + FIXED_BITS + FLAGS, structureBits, target, to);
        }
        to = put(target, to, activeTargets, frame.targets);
        int rest = frame.structureEndBit + (frame.activates ? frame.targets : 0);
        to = copy(source, 8 * offset + rest, frame.endBit - rest, target, to);
        to = put(target, to, 0, -to & 7);
        frameNumber(target, targetOffset, frameNumber);
        return to / 8 - targetOffset;
    }

    private static int copy(byte[] source, int from, int count, byte[] target, int to) {
        int at = to;
        for (int i = 0; i < count; i++) {
            at = put(target, at, bits(source, from + i, 1), 1);
        }
        return at;
    }

    private static int bits(byte[] a, int from, int count) {
        int value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 1 | a[i >>> 3] >>> (7 - (i & 7)) & 1;
        }
        return value;
    }

    private static int put(byte[] a, int at, int value, int count) {
        for (int i = 0; i < count; i++) {
            int bit = value >>> (count - 1 - i) & 1;
            int shift = 7 - (at + i & 7);
            a[at + i >>> 3] = (byte) (a[at + i >>> 3] & ~(1 << shift) | bit << shift);
        }
        return at + count;
    }
}
