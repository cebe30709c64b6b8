package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A subscriber moves between the layers of a simulcast track.
class LayerSwitchTest {
    private static final LayerDemand MIDDLE = new LayerDemand(1);

    /// On one loop, and across two.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void switchesWithinASecondAndWithoutAGap(int loops) {
        var call = new Call(loops, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(2_000);
        long startMicros = bob.arrivals.getFirst().atMicros();
        for (LayerDemand demand : new LayerDemand[] {MIDDLE, LayerDemand.HIGHEST, LayerDemand.LOWEST}) {
            bob.demand(demand);
            call.runForMillis(1_000);
            assertThat(bob.lastLayer(camera)).isEqualTo(demand.layer());
            call.runForMillis(1_000);
        }
        bob.assertContinuous();
        assertThat(bob.longestSilenceMicros(startMicros)).isLessThan(100_000);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void beginsEachLayerWithAKeyframe(int loops) {
        var call = new Call(loops, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        for (int i = 0; i < 12; i++) {
            call.runForMillis(700);
            bob.demand(new LayerDemand(i % 3));
        }
        int layer = -1;
        int switches = 0;
        for (Viewer.Arrival arrival : bob.bySeq.values()) {
            int now = Viewer.layer(camera, arrival);
            if (now != layer) {
                assertThat(arrival.startsKeyframe()).isTrue();
                layer = now;
                switches++;
            }
        }
        assertThat(switches).isGreaterThan(8);
    }

    /// What the publisher cannot send is replaced by the best that it does send.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void fallsBackWhenALayerStopsAndReturnsWhenItComesBack(int loops) {
        var call = new Call(loops, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(2_000);
        assertThat(bob.lastLayer(camera)).isEqualTo(2);
        camera.encoders.get(2).running = false;
        call.runForMillis(1_000);
        assertThat(bob.lastLayer(camera)).isEqualTo(1);
        camera.encoders.get(1).running = false;
        camera.encoders.get(0).running = false;
        camera.encoders.get(2).running = true;
        bob.demand(LayerDemand.LOWEST);
        call.runForMillis(1_500);
        assertThat(bob.lastLayer(camera)).as("the only one there is").isEqualTo(2);
        camera.encoders.get(0).running = true;
        call.runForMillis(1_000);
        assertThat(bob.lastLayer(camera)).isZero();
        bob.assertContinuous();
    }
}
