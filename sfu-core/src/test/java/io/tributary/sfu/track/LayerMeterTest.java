package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LayerMeterTest {
    private final LayerMeter meter = new LayerMeter();
    private long nowMicros = 1_000_000;
    private int timestampTicks;

    @Test
    void isLiveFromTheFirstPacketAndPausedHalfASecondAfterTheLast() {
        assertThat(meter.live(nowMicros)).isFalse();
        frames(30, 33_333);
        assertThat(meter.live(nowMicros)).isTrue();
        assertThat(meter.live(nowMicros + 499_999)).isTrue();
        assertThat(meter.live(nowMicros + 500_000)).isFalse();
    }

    @Test
    void givesASharedScreenOfFewFramesMoreTime() {
        frames(20, 400_000);
        assertThat(meter.live(nowMicros + 1_000_000)).isTrue();
        assertThat(meter.live(nowMicros + 2_000_000)).isFalse();
    }

    private void frames(int count, long gapMicros) {
        for (int i = 0; i < count; i++) {
            nowMicros += gapMicros;
            timestampTicks += 3_000;
            meter.onPacket(nowMicros, timestampTicks);
        }
    }
}
