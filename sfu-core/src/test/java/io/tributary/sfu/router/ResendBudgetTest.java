package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.RepairCounters.Repair;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A subscriber that asks for everything again, all the time. Four bytes of a NACK name seventeen packets.
class ResendBudgetTest {
    private static final int BURST_BYTES = 96_000;
    private static final int HEADER_BYTES = 12;

    @Test
    void sendsAQuarterOfTheMediaAgainAtMost() {
        var call = new Call(71, 1);
        call.join("alice").camera("TR_camera");
        Call.Person mallory = call.join("mallory");
        Viewer bomb = mallory.view("TR_camera", LayerDemand.HIGHEST);
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        for (int i = 0; i < 3_000; i++) {
            int newest = (int) bomb.last().extendedSeq();
            bomb.nack(IntStream.range(0, 200)
                    .map(back -> (newest - back) & 0xFFFF)
                    .toArray());
            call.runForMillis(20);
        }
        long media = bytes(bomb, false);
        assertThat(bytes(bomb, true)).isBetween(media / 8, media / 4 + BURST_BYTES);
        assertThat(call.plane.counted(ForwardDrop.NACK_OVER_BUDGET)).isGreaterThan(10_000);
        // Each number was looked at, or refused unseen because a peer may not cost more work than that.
        assertThat(call.plane.counted(Repair.WANTED) + call.plane.counted(PeerDrop.FEEDBACK_BUDGET))
                .isEqualTo(3_000 * 200);
        assertThat(call.plane.counted(Repair.RESENT))
                .isEqualTo(
                        bomb.arrivals.stream().filter(Viewer.Arrival::repaired).count());
        bob.assertContinuous();
        assertThat(bob.last().atMicros()).isGreaterThan(call.world.nowMicros() - 100_000);
    }

    /// What is saved up lets a stream of a few packets a second lose half of them for a while.
    @Test
    void letsASmallStreamRecover() {
        var call = new Call(72, 2);
        Camera camera = call.join("alice").camera("TR_camera");
        List.of(1, 2).forEach(layer -> camera.encoders.get(layer).running = false);
        Call.Person bob = call.join("bob");
        Viewer viewer = bob.view("TR_camera", LayerDemand.LOWEST).asksAgain();
        call.runForMillis(1_000);
        bob.downlink().loss(0.4);
        call.runForMillis(5_000);
        bob.downlink().loss(0);
        call.runForMillis(1_000);
        assertThat(viewer.missing()).hasSizeLessThan(12); // three repeats of each: 0.4⁴ of 150
        assertThat(call.plane.counted(ForwardDrop.NACK_OVER_BUDGET)).isZero();
    }

    private static long bytes(Viewer viewer, boolean repaired) {
        return viewer.arrivals.stream()
                .filter(arrival -> arrival.repaired() == repaired)
                .mapToLong(arrival -> HEADER_BYTES + arrival.payload().limit())
                .sum();
    }
}
