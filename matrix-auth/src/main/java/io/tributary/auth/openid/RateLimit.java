package io.tributary.auth.openid;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;

/// Token buckets, one a key. Who finds one empty is told when to come back, and until then holds a place in the line
/// if that is soon enough. Any thread.
///
/// A bucket is one number, the time at which it will be full again (the generic cell rate algorithm): the same
/// arithmetic, without a task to fill buckets.
public final class RateLimit<K> {
    /// Buckets kept. A key that is pushed out by more others than this begins with a full bucket.
    private static final int MAX_KEYS = 50_000;

    private final boolean limited;
    private final double intervalMillis;
    private final double burstMillis;
    private final long patienceMillis;
    private final Cache<K, Double> fullAt =
            Caffeine.newBuilder().maximumSize(MAX_KEYS).build();

    /// @param burst how many at once
    /// @param perMinute how many more come back each minute; 0 for no limit
    /// @param patience how long a wait is still worth it
    public RateLimit(int burst, int perMinute, Duration patience) {
        limited = perMinute > 0;
        intervalMillis = limited ? 60_000.0 / perMinute : 0;
        burstMillis = intervalMillis * burst;
        patienceMillis = patience.toMillis();
    }

    /// What somebody who asks is told.
    public sealed interface Turn {
        /// @param waitMillis 0 for now; the place is taken either way
        record Granted(long waitMillis) implements Turn {}

        record Refused(long retryAfterMillis) implements Turn {}
    }

    /// Takes one of `key`'s, at once or in a while.
    public Turn take(K key, long nowMillis) {
        if (!limited) {
            return new Turn.Granted(0);
        }
        // Written under the key's own lock by the computation, which runs once.
        double[] wait = new double[1];
        fullAt.asMap().compute(key, (_, before) -> {
            double full = before == null ? (double) nowMillis : Math.max((double) nowMillis, before);
            wait[0] = Math.max(0, full + intervalMillis - burstMillis - nowMillis);
            return wait[0] > patienceMillis ? full : full + intervalMillis;
        });
        long waitMillis = (long) Math.ceil(wait[0]);
        return wait[0] > patienceMillis ? new Turn.Refused(waitMillis) : new Turn.Granted(waitMillis);
    }
}
