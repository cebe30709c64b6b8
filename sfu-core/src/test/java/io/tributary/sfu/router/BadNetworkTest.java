package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.sim.SimLink;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Losses, reordering and duplicates on every link, both ways.
class BadNetworkTest {
    static IntStream seeds() {
        return IntStream.rangeClosed(1, 10);
    }

    /// What is left when the network is good again is complete: everything lost was asked for and sent again, nothing
    /// came twice under one number, and every byte is the publisher's.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void isRepairedOnBothLegs(int seed) {
        var call = new Call(seed, 1 + seed % 2);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        Camera camera = alice.camera("TR_camera");
        Viewer viewer = bob.view("TR_camera", LayerDemand.HIGHEST).asksAgain();
        List<SimLink> links = List.of(alice.uplink(), alice.downlink(), bob.uplink(), bob.downlink());
        links.forEach(link -> link.loss(0.03).duplication(0.03).jitterMillis(20).reorders(true));
        for (int i = 0; i < 8; i++) {
            call.runForMillis(1_200);
            viewer.demand(new LayerDemand(call.world.random().nextInt(3)));
        }
        links.forEach(link -> link.loss(0).duplication(0).jitterMillis(0));
        call.runForMillis(2_000);

        assertThat(viewer.bySeq).hasSizeGreaterThan(300);
        Set<Long> bodies = new HashSet<>();
        Viewer.Arrival before = viewer.bySeq.firstEntry().getValue();
        for (Viewer.Arrival arrival : viewer.bySeq.values()) {
            assertThat(camera.captures).containsKey(arrival.body());
            assertThat(bodies.add(arrival.body())).as("body twice").isTrue();
            assertThat(arrival.timestampTicks() - before.timestampTicks()).isNotNegative();
            before = arrival;
        }
        assertThat(viewer.missing())
                .as("holes: at most one for a frame cut short by a switch")
                .hasSizeLessThan(9);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }
}
