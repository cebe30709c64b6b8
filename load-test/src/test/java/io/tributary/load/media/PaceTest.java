package io.tributary.load.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long START = 1_000_000;

    private final Pace pace = new Pace(20_000, 1, START, new Random(1));

    @Test
    void keepsItsRateWithoutDrift() {
        assertThat(taken(START, START + 10_000_000, 700)).isBetween(499, 501);
        assertThat(pace.skipped()).isZero();
    }

    @Test
    void twiceTheRateIsTwiceAsMany() {
        pace.rate(2);

        assertThat(taken(START, START + 10_000_000, 700)).isBetween(998, 1_002);
        assertThat(pace.ticks(48_000)).isEqualTo(480);
    }

    @Test
    void aStallIsNotFollowedByAFlood() {
        pace.take(START + 20_000);

        int taken = 0;
        while (pace.take(START + 5_000_000)) {
            taken++;
        }

        assertThat(taken).isLessThan(6);
        assertThat(pace.skipped()).isPositive();
    }

    private int taken(long from, long to, long step) {
        int taken = 0;
        for (long now = from; now < to; now += step) {
            while (pace.take(now)) {
                taken++;
            }
        }
        return taken;
    }
}
