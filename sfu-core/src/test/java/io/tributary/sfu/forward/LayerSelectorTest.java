package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import org.junit.jupiter.api.Test;

class LayerSelectorTest {
    private static final int ALL_LIVE = 0b111;
    private final LayerSelector selector = new LayerSelector(3, LayerDemand.HIGHEST);

    @Test
    void beginsWithAKeyframeOfTheDemandedLayer() {
        assertThat(selector.select(2, 0, false, ALL_LIVE)).isEqualTo(Verdict.DROP_AWAITING_KEYFRAME);
        assertThat(selector.select(0, 0, true, ALL_LIVE)).isEqualTo(Verdict.DROP_OTHER_LAYER);
        assertThat(selector.wanted(ALL_LIVE)).isEqualTo(2);
        assertThat(selector.select(2, 0, true, ALL_LIVE)).isEqualTo(Verdict.SWITCH);
        assertThat(selector.select(2, 0, false, ALL_LIVE)).isEqualTo(Verdict.FORWARD);
        assertThat(selector.wanted(ALL_LIVE)).isEqualTo(-1);
    }

    @Test
    void keepsTheOldLayerUntilTheNewOneHasAKeyframe() {
        selector.select(2, 0, true, ALL_LIVE);
        selector.demand(LayerDemand.LOWEST);
        assertThat(selector.select(2, 0, false, ALL_LIVE)).isEqualTo(Verdict.FORWARD);
        assertThat(selector.select(0, 0, false, ALL_LIVE)).isEqualTo(Verdict.DROP_AWAITING_KEYFRAME);
        assertThat(selector.wanted(ALL_LIVE)).isZero();
        assertThat(selector.select(0, 0, true, ALL_LIVE)).isEqualTo(Verdict.SWITCH);
        assertThat(selector.select(2, 0, false, ALL_LIVE)).isEqualTo(Verdict.DROP_OTHER_LAYER);
    }

    @Test
    void fallsBackToTheBestBelowElseTheLowestAbove() {
        selector.demand(new LayerDemand(1));
        assertThat(selector.wanted(0b101)).isZero();
        assertThat(selector.wanted(0b100)).isEqualTo(2);
        assertThat(selector.wanted(0b110)).isEqualTo(1);
        assertThat(selector.wanted(0)).as("nobody knows yet").isEqualTo(1);
    }

    @Test
    void staysWithItsLayerWhileNothingIsLive() {
        selector.select(0, 0, true, 0b001);
        assertThat(selector.wanted(0)).isEqualTo(-1);
        assertThat(selector.select(0, 0, false, 0)).isEqualTo(Verdict.FORWARD);
    }

    @Test
    void stopsAtOnceAndReturnsWithAKeyframe() {
        selector.select(2, 0, true, ALL_LIVE);
        selector.demand(LayerDemand.NONE);
        assertThat(selector.select(2, 0, true, ALL_LIVE)).isEqualTo(Verdict.DROP_PAUSED);
        assertThat(selector.wanted(ALL_LIVE)).isEqualTo(-1);
        selector.demand(LayerDemand.HIGHEST);
        assertThat(selector.select(2, 0, false, ALL_LIVE)).isEqualTo(Verdict.DROP_AWAITING_KEYFRAME);
        assertThat(selector.select(2, 0, true, ALL_LIVE)).isEqualTo(Verdict.SWITCH);
    }

    @Test
    void startsOverWhenTheLayerBreaks() {
        selector.select(2, 0, true, ALL_LIVE);
        assertThat(selector.select(2, 1, false, ALL_LIVE)).isEqualTo(Verdict.DROP_AWAITING_KEYFRAME);
        assertThat(selector.following()).isEqualTo(-1);
        assertThat(selector.select(2, 1, true, ALL_LIVE)).isEqualTo(Verdict.SWITCH);
    }

    @Test
    void takesTheHighestThereIsWhenMoreIsDemanded() {
        var single = new LayerSelector(1, LayerDemand.HIGHEST);
        assertThat(single.wanted(0)).isZero();
        assertThat(single.select(0, 0, true, 1)).isEqualTo(Verdict.SWITCH);
    }
}
