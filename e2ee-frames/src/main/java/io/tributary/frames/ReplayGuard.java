package io.tributary.frames;

import java.util.Arrays;

/// Which counters of a key were seen: the newest, and a window of bits below it (RFC 9605 §9.3, after RFC 3711
/// §3.3.2). Only what was authentic may be noted, or a forger could close the window.
final class ReplayGuard {
    /// Twenty seconds of audio at 50 frames a second: longer than any frame is repeated or held back.
    static final int WINDOW_COUNTERS = 1024;

    private final long[] seen = new long[WINDOW_COUNTERS / Long.SIZE];
    private long newest;
    private boolean begun;

    /// Whether this counter is new, and young enough to tell.
    ///
    /// @param counter unsigned
    boolean isFresh(long counter) {
        if (!begun || Long.compareUnsigned(counter, newest) > 0) {
            return true;
        }
        return Long.compareUnsigned(newest - counter, WINDOW_COUNTERS) < 0
                && (seen[word(counter)] & 1L << counter) == 0;
    }

    /// Notes a fresh counter.
    void note(long counter) {
        if (!begun) {
            begun = true;
            newest = counter;
        } else if (Long.compareUnsigned(counter, newest) > 0) {
            forget(counter);
            newest = counter;
        }
        seen[word(counter)] |= 1L << counter;
    }

    /// Clears the bits that the counters after `newest`, up to `counter`, take over.
    private void forget(long counter) {
        long steps = counter - newest;
        if (Long.compareUnsigned(steps, WINDOW_COUNTERS) >= 0) {
            Arrays.fill(seen, 0);
            return;
        }
        for (long passed = newest + 1; passed != counter + 1; passed++) {
            seen[word(passed)] &= ~(1L << passed);
        }
    }

    private static int word(long counter) {
        return (int) (counter >>> 6) & WINDOW_COUNTERS / Long.SIZE - 1;
    }
}
