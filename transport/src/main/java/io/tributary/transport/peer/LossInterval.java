package io.tributary.transport.peer;

/// Packets that were due over an interval and those of them that came, summed over streams.
final class LossInterval {
    private long expected;
    private long arrived;

    void add(long moreExpected, long moreArrived) {
        expected += moreExpected;
        arrived += moreArrived;
    }

    /// In percent of what was due; starts anew.
    double takePercent() {
        double percent = expected <= 0 ? 0 : Math.clamp(100.0 * (expected - arrived) / expected, 0, 100);
        expected = 0;
        arrived = 0;
        return percent;
    }
}
