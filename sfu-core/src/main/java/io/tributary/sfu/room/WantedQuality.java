package io.tributary.sfu.room;

/// The best quality of a video track that anybody wants, as its publisher was told: more at once, less after a while.
final class WantedQuality {
    /// Nobody wants anything.
    static final int NOTHING = -1;

    /// The publisher was told nothing and sends everything.
    private static final int UNTOLD = Integer.MAX_VALUE;

    private final Timers.Timer downgradeTimer;
    private int told = UNTOLD;
    private int wanted = NOTHING;

    WantedQuality(Timers.Timer downgradeTimer) {
        this.downgradeTimer = downgradeTimer;
    }

    /// Takes what is wanted now, a quality's number or [#NOTHING]; true if the publisher must be told at once.
    boolean update(int nowWanted, long nowMicros) {
        wanted = nowWanted;
        boolean first = told == UNTOLD && wanted != NOTHING;
        if (first || wanted > told) {
            return tell();
        }
        if (wanted == told) {
            downgradeTimer.cancel();
        } else {
            downgradeTimer.armIfIdle(nowMicros + RoomLimits.QUALITY_DOWNGRADE_MICROS);
        }
        return false;
    }

    /// Marks the present wish as told. Always true.
    boolean tell() {
        told = wanted;
        downgradeTimer.cancel();
        return true;
    }

    int wanted() {
        return wanted;
    }

    void end() {
        downgradeTimer.cancel();
    }
}
