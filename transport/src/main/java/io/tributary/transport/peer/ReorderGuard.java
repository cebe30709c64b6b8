package io.tributary.transport.peer;

/// How long a missing packet may be no more than late: twice what nearly all late packets of this stream were late by,
/// lately. A network that does not reorder costs no time, one that does is not asked in vain.
///
/// Lateness is a histogram of milliseconds that halves every [#HALF_LIFE_PACKETS], so that a network that stopped to
/// reorder is forgotten within seconds. Pure: fed with arrivals.
final class ReorderGuard {
    /// Longest wait, and the wait while nothing is known. A frame of 30 a second takes 33 ms: who waits longer than
    /// half
    /// of it for each loss is late for the next frame too.
    static final long MAX_MICROS = 20_000;

    /// Before that many packets nobody can say that a network does not reorder.
    static final int LEARNING_PACKETS = 250;

    /// Five seconds of a small video layer, ten of audio.
    static final int HALF_LIFE_PACKETS = 500;

    private static final long BUCKET_MICROS = 1_000;

    /// Twice the last one's lateness is the longest wait.
    private static final int BUCKETS = (int) (MAX_MICROS / 2 / BUCKET_MICROS);

    /// What one late packet weighs at first: it is forgotten after five halvings.
    private static final int WEIGHT = 16;

    private final int[] lateness = new int[BUCKETS];
    private int total;
    private long packets;
    private long guardMicros = MAX_MICROS;

    /// A packet arrived, late or not.
    void onPacket() {
        packets++;
        if (packets % HALF_LIFE_PACKETS == 0) {
            total = 0;
            for (int i = 0; i < BUCKETS; i++) {
                lateness[i] >>= 1;
                total += lateness[i];
            }
            measure();
        } else if (packets == LEARNING_PACKETS) {
            measure();
        }
    }

    /// A packet arrived that much after one that was sent behind it.
    void onLate(long lateMicros) {
        lateness[Math.clamp(lateMicros / BUCKET_MICROS, 0, BUCKETS - 1)] += WEIGHT;
        total += WEIGHT;
        measure();
    }

    long micros() {
        return guardMicros;
    }

    private void measure() {
        if (packets < LEARNING_PACKETS) {
            return;
        }
        int beyond = total / 100; // the 99th percentile
        int bucket = BUCKETS - 1;
        while (bucket >= 0 && lateness[bucket] <= beyond) {
            beyond -= lateness[bucket];
            bucket--;
        }
        guardMicros = total == 0 ? 0 : 2 * BUCKET_MICROS * (bucket + 1);
    }
}
