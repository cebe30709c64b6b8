package io.tributary.transport.srtp;

/// Which of the latest 1,024 packet indices were seen (RFC 3711 §3.3.2).
///
/// The RFC asks for 64 at least. A video key frame is some 100 packets, a high layer 500 packets per second, and a
/// retransmission without an RTX stream may come half a second late: 1,024 covers two seconds of that for 128
/// bytes.
final class ReplayWindow {
    static final int SIZE = 1024;

    private static final int WORD_MASK = SIZE / Long.SIZE - 1;

    private static final long[] UNBROKEN = {};

    /// One bit for each index of the window; empty as long as every index from [#first] to [#highest] was marked in
    /// turn, which is all that ever happens to most streams.
    private long[] seen = UNBROKEN;

    private long first;
    private long highest = -1;

    /// The highest index marked, -1 before the first.
    long highest() {
        return highest;
    }

    /// Whether `index` was not marked and is young enough to know.
    boolean isFresh(long index) {
        if (index > highest) {
            return true;
        }
        return highest - index < SIZE && !isMarked(index);
    }

    void mark(long index) {
        if (seen == UNBROKEN) {
            if (highest < 0) {
                first = index;
                highest = index;
                return;
            }
            if (index == highest + 1) {
                highest = index;
                return;
            }
            spread();
        }
        if (index > highest) {
            long firstSkipped = Math.max(highest + 1, index - SIZE + 1);
            for (long skipped = firstSkipped; skipped < index; skipped++) {
                seen[word(skipped)] &= ~bit(skipped);
            }
            highest = index;
        }
        seen[word(index)] |= bit(index);
    }

    private boolean isMarked(long index) {
        return seen == UNBROKEN ? index >= first : (seen[word(index)] & bit(index)) != 0;
    }

    private void spread() {
        seen = new long[SIZE / Long.SIZE];
        for (long index = Math.max(first, highest - SIZE + 1); index <= highest; index++) {
            seen[word(index)] |= bit(index);
        }
    }

    private static int word(long index) {
        return (int) (index >>> 6) & WORD_MASK;
    }

    private static long bit(long index) {
        return 1L << index;
    }
}
