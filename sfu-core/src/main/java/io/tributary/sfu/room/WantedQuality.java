package io.tributary.sfu.room;

/// The best quality of a video track that anybody wants, as its publisher was told: more at once, less after a while.
///
/// A quality is its number here, so that [#NOTHING] can be one. How many want each is counted, because hundreds may
/// and every change of one of them comes here.
final class WantedQuality {
    /// Nobody wants anything.
    static final int NOTHING = -1;

    /// The publisher was told nothing and sends everything.
    private static final int UNTOLD = Integer.MAX_VALUE;

    private final Timers.Timer downgradeTimer;
    private final int[] wantedBy = new int[VideoQuality.values().length];
    private int told = UNTOLD;

    WantedQuality(Timers.Timer downgradeTimer) {
        this.downgradeTimer = downgradeTimer;
    }

    /// One subscriber wants `now` instead of `before`; true if the publisher must be told at once.
    boolean replace(int before, int now, long nowMicros) {
        if (before != NOTHING) {
            wantedBy[before]--;
        }
        if (now != NOTHING) {
            wantedBy[now]++;
        }
        return compare(nowMicros);
    }

    /// Whether the publisher must be told at once; if it is to be told of less, the time for that begins.
    boolean compare(long nowMicros) {
        int wanted = wanted();
        boolean first = told == UNTOLD && wanted != NOTHING;
        if (first || wanted > told) {
            return true;
        }
        if (wanted == told) {
            downgradeTimer.cancel();
        } else {
            downgradeTimer.armIfIdle(nowMicros + RoomLimits.QUALITY_DOWNGRADE_MICROS);
        }
        return false;
    }

    /// The publisher is told what is wanted now.
    void tell() {
        told = wanted();
        downgradeTimer.cancel();
    }

    int wanted() {
        int best = wantedBy.length - 1;
        while (best > NOTHING && wantedBy[best] == 0) {
            best--;
        }
        return best;
    }

    void end() {
        downgradeTimer.cancel();
    }
}
