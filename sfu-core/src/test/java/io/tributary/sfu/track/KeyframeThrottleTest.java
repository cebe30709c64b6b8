package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyframeThrottleTest {
    private static final long START = 1_000_000;
    private final KeyframeThrottle throttle = new KeyframeThrottle();

    @Test
    void asksAtOnceAndOnceForAll() {
        assertThat(throttle.request(START)).isTrue();
        for (int i = 1; i < 20; i++) {
            assertThat(throttle.request(START + i)).isFalse();
        }
        throttle.onKeyframe();
        assertThat(throttle.due(START + 10_000_000)).isFalse();
    }

    @Test
    void asksForWhoCameAfterTheKeyframeWhenTheIntervalIsOver() {
        throttle.request(START);
        throttle.onKeyframe();
        assertThat(throttle.request(START + 100_000)).isFalse();
        assertThat(throttle.due(START + 499_999)).isFalse();
        assertThat(throttle.due(START + 500_000)).isTrue();
        assertThat(throttle.due(START + 500_001)).isFalse();
    }

    @Test
    void repeatsAnUnansweredRequestOnce() {
        throttle.request(START);
        assertThat(throttle.due(START + 999_999)).isFalse();
        assertThat(throttle.due(START + 1_000_000)).isTrue();
        assertThat(throttle.due(START + 9_000_000)).isFalse();
    }

    @Test
    void neverAsksTwiceInHalfASecond() {
        int asked = 0;
        for (long at = 0; at < 10_000_000; at += 10_000) {
            asked += throttle.request(START + at) ? 1 : 0;
            if (at % 130_000 == 0) {
                throttle.onKeyframe();
            }
        }
        assertThat(asked).isBetween(18, 20);
    }
}
