package io.tributary.auth.endpoint;

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

    public boolean isLimited() {
        return perMinute > 0;
    }
}
