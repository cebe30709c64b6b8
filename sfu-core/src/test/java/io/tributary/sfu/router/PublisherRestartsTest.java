package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A publisher begins anew under another SSRC, or goes silent for hours; subscribers keep one stream.
class PublisherRestartsTest {
    private static final long HOUR_MILLIS = 3_600_000;
    private static final double TICKS_PER_MICRO = 0.09;

    /// New SSRCs with the same MID and RID, other numbers and clocks, as one layer after another begins anew.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void continueInOneStreamUnderNewSsrcs(int loops) {
        var call = new Call(81, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST).asksAgain();
        call.runForMillis(2_000);
        for (int round = 1; round <= 4; round++) {
            for (Camera.Encoder encoder : camera.encoders) {
                encoder.restart(50_000 + 100 * round + encoder.index);
            }
            long restartedMicros = call.world.nowMicros();
            call.runForMillis(2_500);
            assertThat(bob.last().atMicros()).isGreaterThan(call.world.nowMicros() - 100_000);
            assertThat(bob.lastLayer(camera)).isEqualTo(2);
            assertThat(bob.longestSilenceMicros(restartedMicros)).isLessThan(500_000);
        }
        bob.assertContinuous();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// No RID, and no MID either: the payload type leads to the m-line.
    @Test
    void isHeardOnUnderANewSsrcWithoutRid() {
        var call = new Call(82, 2);
        Microphone microphone = call.join("alice").microphone("TR_microphone");
        Viewer bob = call.join("bob").listen("TR_microphone");
        call.runForMillis(1_000);
        for (int round = 1; round <= 3; round++) {
            microphone.restart(70_000 + round);
            int before = bob.arrivals.size();
            call.runForMillis(2_000);
            assertThat(bob.arrivals.size() - before).isGreaterThan(95);
        }
        assertThat(bob.missing()).isEmpty();
        assertThat(bob.bySeq).hasSameSizeAs(bob.arrivals);
    }

    /// Muted for hours, beyond half and beyond the whole of what a timestamp's 32 bits hold (6.6 and 13.3 hours), and
    /// then another layer: time on the outgoing stream is the publisher's all along.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void keepsTimeAcrossHoursOfSilence(int loops) {
        var call = new Call(83, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(2_000);
        Viewer.Arrival first = bob.arrivals.getFirst();
        for (long hours : List.of(7L, 14L)) {
            camera.running(false);
            call.runForMillis(hours * HOUR_MILLIS);
            camera.running(true);
            call.runForMillis(1_500);
            onTime(camera, first, bob.last());
            bob.demand(LayerDemand.HIGHEST);
            call.runForMillis(1_500);
            assertThat(bob.lastLayer(camera)).isEqualTo(2);
            onTime(camera, first, bob.last());
            bob.demand(LayerDemand.LOWEST);
            call.runForMillis(1_500);
            onTime(camera, first, bob.last());
        }
        assertThat(bob.missing()).isEmpty();
        assertThat(bob.bySeq).hasSameSizeAs(bob.arrivals);
    }

    /// A receiver needs a sender report to go by when a stream goes on after a mute, not a second later.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void tellsTheClockAtOnceAfterAMute(int loops) {
        var call = new Call(84, loops);
        Call.Person alice = call.join("alice");
        alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(3_000);
        alice.uplink().filter(datagram -> (datagram[1] & 0xFF) != 200); // no report comes from now on
        call.plane.setMuted(new TrackSid("TR_camera"), true);
        call.runForMillis(2_000);
        int frames = bob.arrivals.size();
        int reports = bob.reports.size();
        call.plane.setMuted(new TrackSid("TR_camera"), false);
        call.runForMillis(500);
        assertThat(bob.arrivals.size()).isGreaterThan(frames);
        assertThat(bob.reports).hasSize(reports + 1);
    }

    private static void onTime(Camera camera, Viewer.Arrival first, Viewer.Arrival now) {
        long elapsedMicros = camera.capture(now.body()).atMicros()
                - camera.capture(first.body()).atMicros();
        int expected = first.timestampTicks() + (int) (long) (elapsedMicros * TICKS_PER_MICRO);
        assertThat(Math.abs(now.timestampTicks() - expected)).as("ticks off").isLessThan(4_500); // 50 ms
    }
}
