package io.tributary.transport.peer;

import java.util.Arrays;

/// Which of the latest packets of one stream have arrived, so that each is delivered once, whichever way it came.
final class ReceivedWindow {
    /// Two seconds of a 1,000 packets/s layer: twice what repair takes at most. A power of two.
    static final int PACKETS = 2048;

    private final long[] bits = new long[PACKETS / 64];
    private long highest = Long.MIN_VALUE;

    /// Whether `extendedSeq` is too old to be known, or as far ahead of everything else.
    boolean isFarFrom(long extendedSeq) {
        return highest != Long.MIN_VALUE && Math.abs(extendedSeq - highest) >= PACKETS;
    }

    /// Whether `extendedSeq` is so old that its arrival is no longer known.
    boolean tooOld(long extendedSeq) {
        return highest != Long.MIN_VALUE && extendedSeq <= highest - PACKETS;
    }

    /// Yields false when it has arrived before; must not be [#tooOld]
    boolean add(long extendedSeq) {
        if (highest == Long.MIN_VALUE || extendedSeq - highest >= PACKETS) {
            Arrays.fill(bits, 0);
            highest = extendedSeq;
        } else if (extendedSeq > highest) {
            for (long seq = highest + 1; seq <= extendedSeq; seq++) {
                bits[word(seq)] &= ~(1L << seq);
            }
            highest = extendedSeq;
        }
        long bit = 1L << extendedSeq;
        int word = word(extendedSeq);
        if ((bits[word] & bit) != 0) {
            return false;
        }
        bits[word] |= bit;
        return true;
    }

    private static int word(long seq) {
        return (int) (seq & (PACKETS - 1)) >>> 6;
    }
}
