package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A subscriber wants fewer frames a second than there are, on the publisher's loop and on another.
class FrameRateTest {
    private static final LayerDemand HALF = LayerDemand.HIGHEST.atMost(15);

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void leavesOutWholeFramesAndTakesThemUpAgainAtASyncFrame(int loops) {
        var call = new Call(loops, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        Viewer carol = call.join("carol").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(3_000);
        assertThat(framesOver(bob, 2_000)).isBetween(58L, 62L);

        int keyframes = camera.keyframes;
        bob.demand(HALF);
        call.runForMillis(100);
        assertThat(framesOver(bob, 4_000)).isBetween(58L, 62L);
        assertThat(framesOver(carol, 2_000)).as("nobody else's").isBetween(58L, 62L);

        long askedMicros = call.world.nowMicros();
        bob.demand(LayerDemand.HIGHEST);
        call.runForMillis(500);
        assertThat(framesOver(bob, 2_000)).isBetween(58L, 62L);
        Viewer.Arrival back = bob.bySeq.values().stream()
                .filter(arrival -> arrival.atMicros() > askedMicros)
                .filter(arrival -> camera.capture(arrival.body()).temporalLayer() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(camera.capture(back.body()).layerSync()).isTrue();
        assertThat(back.atMicros() - askedMicros).isLessThan(500_000);

        bob.assertContinuous();
        assertThat(camera.keyframes).as("none was needed for it").isEqualTo(keyframes);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// What is lost of frames that are left out is nothing to ask for, and what is lost of the others comes again.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void repairsWhatIsLetThroughOverABadNetwork(int loops) {
        var call = new Call(20 + loops, loops);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", HALF).asksAgain();
        alice.uplink().loss(0.02);
        bob.person.downlink().loss(0.02);
        call.runForMillis(20_000);
        alice.uplink().loss(0);
        bob.person.downlink().loss(0);
        call.runForMillis(2_000);
        assertThat(bob.missing()).isEmpty();
        assertThat(bob.arrivals).anyMatch(Viewer.Arrival::repaired);
        long secondMicros = bob.arrivals.getFirst().atMicros() + 2_000_000;
        assertThat(bob.bySeq.values().stream()
                        .filter(arrival -> arrival.atMicros() > secondMicros && arrival.carriesFrame())
                        .map(arrival -> camera.capture(arrival.body()).temporalLayer()))
                .containsOnly(0, 1);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    private static long framesOver(Viewer viewer, long millis) {
        Call call = viewer.person.call;
        long startMicros = call.world.nowMicros();
        call.runForMillis(millis);
        return viewer.arrivals.stream()
                .filter(arrival -> arrival.atMicros() > startMicros && arrival.marker())
                .count();
    }
}
