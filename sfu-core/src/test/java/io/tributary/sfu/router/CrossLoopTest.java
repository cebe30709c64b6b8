package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackDrop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which loop a participant lives on makes no difference.
class CrossLoopTest {
    /// Neighbour and stranger see the same.
    @Test
    void looksTheSameFromEveryLoop() {
        var call = new Call(8, 3);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        Call.Person carol = call.join("carol");
        Call.Person dave = call.join("dave");
        assertThat(List.of(bob.server, carol.server, dave.server))
                .as("placement: the least loaded loop")
                .doesNotHaveDuplicates()
                .contains(alice.server);
        alice.camera("TR_camera");
        alice.microphone("TR_microphone");
        var seen = new ArrayList<Viewer>();
        var heard = new ArrayList<Viewer>();
        for (Call.Person person : List.of(bob, carol, dave)) {
            seen.add(person.view("TR_camera", LayerDemand.HIGHEST));
            heard.add(person.listen("TR_microphone"));
        }
        call.runForMillis(5_000);
        for (Viewer viewer : seen) {
            viewer.assertContinuous();
            assertThat(frames(viewer, 6)).isEqualTo(frames(seen.getFirst(), 6));
        }
        for (Viewer viewer : heard) {
            assertThat(viewer.missing()).isEmpty();
            assertThat(frames(viewer, 0)).isEqualTo(frames(heard.getFirst(), 0));
        }
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// The last one to leave ends the mirror, and the next one begins another.
    @Test
    void mirrorsComeAndGoWithTheirSubscribers() {
        var call = new Call(9, 2);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        alice.camera("TR_camera");
        for (int i = 0; i < 5; i++) {
            Viewer viewer = bob.view("TR_camera", LayerDemand.LOWEST);
            call.runForMillis(700);
            viewer.assertContinuous();
            assertThat(viewer.arrivals).hasSizeGreaterThan(10);
            viewer.unsubscribe();
            if (i % 2 == 0) {
                call.runForMillis(300);
                int after = viewer.arrivals.size();
                call.runForMillis(300);
                assertThat(viewer.arrivals).hasSize(after);
            }
        }
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// A loop that does not get its turn costs its own subscribers packets, and nobody else anything.
    @Test
    void dropsForALoopThatIsBehindAndGoesOnWhenItIsBack() {
        var call = new Call(10, 2);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        Call.Person carol = call.join("carol");
        assertThat(carol.server).isEqualTo(alice.server);
        alice.camera("TR_camera");
        Viewer far = bob.view("TR_camera", LayerDemand.HIGHEST);
        Viewer near = carol.view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        call.loops.get(1).stuck = true;
        call.runForMillis(30_000);
        assertThat(call.plane.counted(TrackDrop.LOOP_BACKLOG)).isPositive();
        near.assertContinuous();
        call.loops.get(1).stuck = false;
        call.runForMillis(2_000);
        assertThat(far.last().atMicros()).isGreaterThan(call.world.nowMicros() - 200_000);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// What was sent, less the descriptor that is ours to write; the same number for everybody.
    private static List<ByteBuffer> frames(Viewer viewer, int descriptorBytes) {
        List<ByteBuffer> frames = viewer.bySeq.values().stream()
                .map(arrival -> arrival.payload()
                        .slice(descriptorBytes, arrival.payload().limit() - descriptorBytes))
                .limit(200)
                .toList();
        assertThat(frames).hasSize(200);
        return frames;
    }
}
