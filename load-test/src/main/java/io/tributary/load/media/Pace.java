package io.tributary.load.media;

import java.util.Random;

/// When something periodic is due, without drift. A generator that fell behind catches up a little and then lets go, so
/// that a stall is not followed by a flood.
final class Pace {
    private static final int MAX_BEHIND = 4;

    private final double baseMicros;
    private double intervalMicros;
    private double dueMicros;
    private long skipped;

    /// @param rate times as often as the interval says
    Pace(long intervalMicros, double rate, long nowMicros, Random random) {
        baseMicros = intervalMicros;
        this.intervalMicros = baseMicros / rate;
        // Anywhere in the first interval: publishers of the real world do not tick together.
        dueMicros = nowMicros + random.nextDouble() * this.intervalMicros;
    }

    void rate(double rate) {
        intervalMicros = baseMicros / rate;
    }

    /// The present interval in units of a media clock.
    int ticks(int clockRateHz) {
        return (int) Math.round(intervalMicros * clockRateHz / 1_000_000);
    }

    long nextMicros() {
        return (long) Math.ceil(dueMicros);
    }

    /// Whether one is due; asked until none is.
    boolean take(long nowMicros) {
        if (dueMicros > nowMicros) {
            return false;
        }
        if (dueMicros + MAX_BEHIND * intervalMicros < nowMicros) {
            skipped++;
            dueMicros = nowMicros;
        }
        dueMicros += intervalMicros;
        return true;
    }

    /// Times that the generator was so late that it left something out.
    long skipped() {
        return skipped;
    }
}
