package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResendLimitTest {
    private final ResendLimit limit = new ResendLimit();

    @Test
    void allowsThreeResendsHalfARoundTripApart() {
        assertThat(limit.allow(0, 7, 100_000)).isTrue();
        assertThat(limit.allow(49_999, 7, 100_000)).isFalse();
        assertThat(limit.allow(50_000, 7, 100_000)).isTrue();
        assertThat(limit.allow(100_000, 7, 100_000)).isTrue();
        assertThat(limit.allow(900_000, 7, 100_000)).isFalse();
        assertThat(limit.allow(900_000, 8, 100_000)).isTrue();
    }

    @Test
    void keepsItsDistanceWhereTheRoundTripIsUnknown() {
        assertThat(limit.allow(0, 0, 0)).isTrue();
        assertThat(limit.allow(ResendLimit.MIN_INTERVAL_MICROS - 1, 0, 0)).isFalse();
        assertThat(limit.allow(ResendLimit.MIN_INTERVAL_MICROS, 0, 0)).isTrue();
    }
}
