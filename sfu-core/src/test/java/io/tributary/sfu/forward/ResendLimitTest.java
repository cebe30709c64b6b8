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

    /// 65,536 packets later: two minutes of a lively video layer.
    @Test
    void takesANumberThatComesAroundForAnotherPacket() {
        for (int i = 0; i < ResendLimit.MAX_RESENDS; i++) {
            assertThat(limit.allow(i * 100_000L, 7, 100_000)).isTrue();
        }
        assertThat(limit.allow(120_000_000, 7, 100_000)).isTrue();
    }
}
