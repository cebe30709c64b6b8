package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.track.LayerDemand;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a subscriber lost is sent again, from the one history that all subscribers of a track share on a loop.
class NackTest {
    /// Two subscribers, on one loop and on two, lose different packets of one track.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isAnsweredFromSharedHistory(int loops) {
        var call = new Call(3, loops);
        call.join("alice").camera("TR_camera");
        Call.Person bob = call.join("bob");
        Call.Person carol = call.join("carol");
        List<Viewer> viewers = List.of(
                bob.view("TR_camera", LayerDemand.HIGHEST).asksAgain(),
                carol.view("TR_camera", LayerDemand.HIGHEST).asksAgain());
        bob.downlink().loss(0.1);
        carol.downlink().loss(0.1);
        call.runForMillis(5_000);
        bob.downlink().loss(0);
        carol.downlink().loss(0);
        call.runForMillis(1_000);
        for (Viewer viewer : viewers) {
            assertThat(viewer.arrivals.stream().filter(Viewer.Arrival::repaired))
                    .hasSizeGreaterThan(20);
            viewer.assertContinuous();
        }
        assertThat(call.plane.counted(ForwardDrop.NACK_UNKNOWN)).isZero();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// Also across a switch, from the layer that was left.
    @Test
    void isAnsweredFromTheLayerThatWasLeft() {
        var call = new Call(4, 2);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(2_000);
        Viewer.Arrival old = bob.last();
        bob.demand(LayerDemand.LOWEST);
        call.runForMillis(500);
        assertThat(bob.lastLayer(camera)).isZero();
        bob.nack((int) old.extendedSeq() & 0xFFFF);
        call.runForMillis(100);
        List<Viewer.Arrival> again =
                bob.arrivals.stream().filter(Viewer.Arrival::repaired).toList();
        assertThat(again).hasSize(1);
        assertThat(again.getFirst().payload()).isEqualTo(old.payload());
        assertThat(again.getFirst().timestampTicks()).isEqualTo(old.timestampTicks());
    }

    /// A NACK costs four bytes and its answer twelve hundred.
    @Test
    void isAnsweredThreeTimesAtMost() {
        var call = new Call(5, 1);
        call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(1_000);
        int seq = (int) bob.last().extendedSeq() & 0xFFFF;
        for (int i = 0; i < 50; i++) {
            bob.nack(seq);
            call.runForMillis(20);
        }
        assertThat(bob.arrivals.stream().filter(Viewer.Arrival::repaired)).hasSize(3);
        assertThat(call.plane.counted(ForwardDrop.NACK_LIMITED)).isEqualTo(47);
    }

    @Test
    void ofWhatWasNeverSentIsCountedAndIgnored() {
        var call = new Call(6, 1);
        call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(1_000);
        bob.nack(
                (int) (bob.last().extendedSeq() + 1_000) & 0xFFFF,
                (int) (bob.last().extendedSeq() - 5_000) & 0xFFFF);
        call.runForMillis(100);
        assertThat(bob.arrivals.stream().filter(Viewer.Arrival::repaired)).isEmpty();
        assertThat(call.plane.counted(ForwardDrop.NACK_UNKNOWN)).isEqualTo(2);
    }
}
