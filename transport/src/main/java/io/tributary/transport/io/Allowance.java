package io.tributary.transport.io;

/// So many at once, so many a second: a token bucket. One thread; time comes with each call.
public final class Allowance {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final long unitNanos;
    private final long fullNanos;
    private long creditNanos;
    private long countedMicros;

    /// Full at the start.
    ///
    /// @param burst units that may be taken at once
    /// @param perSecond units that come back every second; [Integer#MAX_VALUE] for no limit
    public Allowance(int burst, int perSecond) {
        unitNanos = perSecond == Integer.MAX_VALUE ? 0 : NANOS_PER_SECOND / perSecond;
        fullNanos = burst * unitNanos;
        creditNanos = fullNanos;
    }

    /// Takes one, if there is one.
    public boolean take(long nowMicros) {
        return take(nowMicros, 1);
    }

    /// Takes `units`, all or none.
    public boolean take(long nowMicros, int units) {
        if (!has(nowMicros, units)) {
            return false;
        }
        creditNanos -= units * unitNanos;
        return true;
    }

    /// Whether `units` could be taken.
    public boolean has(long nowMicros, int units) {
        refill(nowMicros);
        return creditNanos >= units * unitNanos;
    }

    /// Returns one that was taken and turned out to be harmless.
    public void giveBack() {
        creditNanos = Math.min(fullNanos, creditNanos + unitNanos);
    }

    private void refill(long nowMicros) {
        if (creditNanos < fullNanos && nowMicros > countedMicros) {
            // Beyond this much time it is full anyway, and the product would overflow.
            long sinceMicros = Math.min(nowMicros - countedMicros, fullNanos / NANOS_PER_MICRO + 1);
            creditNanos = Math.min(fullNanos, creditNanos + sinceMicros * NANOS_PER_MICRO);
        }
        countedMicros = nowMicros;
    }
}
