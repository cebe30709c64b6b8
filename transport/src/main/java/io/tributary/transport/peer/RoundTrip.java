package io.tributary.transport.peer;

/// The smoothed round-trip time of a connection (the filter of RFC 6298 §2, without the variance).
final class RoundTrip {
    /// A sample above this is a clock that jumped or a report that lied.
    private static final long MAX_SAMPLE_MICROS = 10_000_000;

    private static final int SMOOTHING_SHIFT = 3; // one eighth of each new sample

    private long smoothedMicros;

    void onSample(long micros) {
        if (micros <= 0 || micros > MAX_SAMPLE_MICROS) {
            return;
        }
        smoothedMicros = smoothedMicros == 0 ? micros : smoothedMicros + ((micros - smoothedMicros) >> SMOOTHING_SHIFT);
    }

    /// 0 while unknown.
    long smoothedMicros() {
        return smoothedMicros;
    }
}
