package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.codec.FrameFacts;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Steps between temporal layers, on a layer of 30 frames a second that was watched for a while.
class TemporalSelectorTest {
    private static final int ALL = 3;
    private final Simulcast call = new Simulcast(1, LayerDemand.HIGHEST);
    private int maxFps;

    @BeforeEach
    void measure() {
        call.run(60);
    }

    @Test
    void stepsDownAtAnyFrame() {
        assertThat(select(ALL, 2, false)).isEqualTo(ALL);
        maxFps = 15;
        assertThat(select(ALL, 2, false)).isEqualTo(1);
        maxFps = 5;
        assertThat(select(1, 0, false)).isZero();
    }

    @Test
    void stepsUpLayerByLayerAndOnlyWhereNothingRefersToWhatWasLeftOut() {
        assertThat(select(0, 1, false)).as("no sync").isZero();
        assertThat(select(0, 2, true)).as("a layer between is missing").isZero();
        assertThat(select(0, 1, true)).isEqualTo(1);
        assertThat(select(1, 2, false)).isEqualTo(1);
        assertThat(select(1, 2, true)).isEqualTo(2);
    }

    @Test
    void neverStepsAboveItsTarget() {
        maxFps = 15;
        assertThat(select(1, 2, true)).isEqualTo(1);
    }

    @Test
    void goesAnywhereAtAKeyframe() {
        var keyframe = new FrameFacts();
        keyframe.keyframe = true;
        assertThat(TemporalSelector.select(
                        maxFps, 0, 0, keyframe, call.track.layer(2).frameRates()))
                .isEqualTo(ALL);
    }

    private int select(int current, int temporalId, boolean layerSync) {
        var first = new FrameFacts();
        first.temporalId = temporalId;
        first.layerSync = layerSync;
        return TemporalSelector.select(
                maxFps, current, 0, first, call.track.layer(2).frameRates());
    }
}
