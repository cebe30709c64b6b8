package io.tributary.transport.loop;

import java.util.Arrays;

/// The few deadlines that one [Timed] thing folds into its own, by name, so that a wake-up knows its reason. A plain
/// array: scanning a handful is cheaper than any heap. Loop only.
///
/// @param <T> the enum that names the deadlines
public final class DeadlineTable<T extends Enum<T>> {
    private final long[] deadlineMicros;

    public DeadlineTable(Class<T> timers) {
        deadlineMicros = new long[timers.getEnumConstants().length];
        Arrays.fill(deadlineMicros, Timed.NEVER);
    }

    /// Moves `timer` to `atMicros`, [Timed#NEVER] to stop it.
    public void set(T timer, long atMicros) {
        deadlineMicros[timer.ordinal()] = atMicros;
    }

    public long get(T timer) {
        return deadlineMicros[timer.ordinal()];
    }

    /// Whether `timer` is due; it is stopped by being asked, so that whoever serves it sets it anew.
    public boolean take(T timer, long nowMicros) {
        int i = timer.ordinal();
        if (deadlineMicros[i] > nowMicros) {
            return false;
        }
        deadlineMicros[i] = Timed.NEVER;
        return true;
    }

    /// Stops all.
    public void clear() {
        Arrays.fill(deadlineMicros, Timed.NEVER);
    }

    /// The soonest of all, [Timed#NEVER] when none is set.
    public long nextMicros() {
        long soonest = Timed.NEVER;
        for (long deadline : deadlineMicros) {
            soonest = Math.min(soonest, deadline);
        }
        return soonest;
    }
}
