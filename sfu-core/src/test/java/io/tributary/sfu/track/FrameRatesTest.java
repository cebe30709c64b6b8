package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FrameRatesTest {
    private static final int[] PATTERN = {0, 2, 1, 2};
    private final FrameRates rates = new FrameRates(90_000);
    private int timestampTicks = -45_000; // runs over within the first second
    private int sent;

    @Test
    void letsAllThroughBeforeASecondIsMeasured() {
        frames(30, 3_000);
        assertThat(rates.highestWithin(1)).isEqualTo(3);
    }

    @Test
    void findsTheHighestLayerWithinALimit() {
        frames(40, 3_000);
        assertThat(rates.highestWithin(60)).isEqualTo(3);
        assertThat(rates.highestWithin(30)).isEqualTo(3);
        assertThat(rates.highestWithin(25)).isEqualTo(1);
        assertThat(rates.highestWithin(15)).isEqualTo(1);
        assertThat(rates.highestWithin(12)).isZero();
        assertThat(rates.highestWithin(1)).as("the lowest is not left out").isZero();
    }

    @Test
    void takesWhatIsAlmostWithinTheLimit() {
        frames(40, 2_850); // 31.6 a second
        assertThat(rates.highestWithin(30)).isEqualTo(3);
        assertThat(rates.highestWithin(15)).isEqualTo(1);
    }

    @Test
    void followsAPublisherThatSlowsDown() {
        frames(60, 3_000);
        frames(40, 6_000);
        assertThat(rates.highestWithin(15)).isEqualTo(3);
    }

    @Test
    void doesNotCountAPauseAsSlowness() {
        frames(40, 3_000);
        timestampTicks += 900_000;
        frames(35, 3_000);
        assertThat(rates.highestWithin(15)).isEqualTo(1);
    }

    @Test
    void countsAFrameOnceHoweverManyPacketsItHasAndHoweverLateTheyCome() {
        for (int i = 0; i < 40; i++) {
            frames(1, 3_000);
            rates.onPacket(timestampTicks, 0);
            rates.onPacket(timestampTicks - 3_000, 0);
        }
        assertThat(rates.highestWithin(30)).isEqualTo(3);
        assertThat(rates.highestWithin(15)).isEqualTo(1);
    }

    @Test
    void beginsAnewWhereTheTimeLineBreaks() {
        frames(40, 3_000);
        timestampTicks -= 10_000_000;
        frames(40, 6_000);
        assertThat(rates.highestWithin(15)).isEqualTo(3);
        rates.forget();
        assertThat(rates.highestWithin(1)).isEqualTo(3);
    }

    @Test
    void oneLayerIsNeverLeftOut() {
        for (int i = 0; i < 60; i++) {
            timestampTicks += 3_000;
            rates.onPacket(timestampTicks, 0);
        }
        assertThat(rates.highestWithin(10)).isZero();
    }

    private void frames(int count, int gapTicks) {
        for (int i = 0; i < count; i++) {
            timestampTicks += gapTicks;
            rates.onPacket(timestampTicks, PATTERN[sent++ % PATTERN.length]);
        }
    }
}
