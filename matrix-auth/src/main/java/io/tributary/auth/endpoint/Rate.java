package io.tributary.auth.endpoint;

import io.tributary.auth.openid.RateLimit;
import java.time.Duration;

/// A token bucket's measure.
///
/// @param burst how many at once
/// @param perMinute how many more come back each minute; 0 for no limit at all
public record Rate(int burst, int perMinute) {
    public static final Rate UNLIMITED = new Rate(1, 0);

    public Rate {
        if (burst < 1 || perMinute < 0) {
            throw new IllegalArgumentException("a rate of " + burst + " and " + perMinute + " a minute");
        }
    }

    /// Buckets of this measure.
    <K> RateLimit<K> limit(Duration patience) {
        return new RateLimit<>(burst, perMinute, patience);
    }
}
