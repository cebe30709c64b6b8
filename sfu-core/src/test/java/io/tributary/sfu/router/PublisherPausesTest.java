package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackSid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A publisher mutes, or just stops sending, and goes on.
class PublisherPausesTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void andResumesWithoutTraceInTheNumbers(int loops) {
        var call = new Call(1, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        for (int i = 0; i < 3; i++) {
            call.runForMillis(2_000);
            camera.running(false);
            call.runForMillis(20_000);
            camera.running(true);
        }
        call.runForMillis(2_000);
        assertThat(bob.last().atMicros()).isGreaterThan(call.world.nowMicros() - 100_000);
        bob.assertContinuous();
    }

    /// A client that sends in spite of its mute is not heard, and what it sent meanwhile leaves no gap.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isNotHeardWhileMuted(int loops) {
        var call = new Call(2, loops);
        Call.Person alice = call.join("alice");
        alice.camera("TR_camera");
        Microphone microphone = alice.microphone("TR_microphone");
        Call.Person bob = call.join("bob");
        Viewer seen = bob.view("TR_camera", LayerDemand.HIGHEST);
        Viewer heard = bob.listen("TR_microphone");
        call.runForMillis(2_000);
        call.plane.setMuted(new TrackSid("TR_camera"), true);
        call.plane.setMuted(new TrackSid("TR_microphone"), true);
        call.runForMillis(100);
        int frames = seen.arrivals.size();
        int sounds = heard.arrivals.size();
        call.runForMillis(5_000);
        assertThat(seen.arrivals).hasSize(frames);
        assertThat(heard.arrivals).hasSize(sounds);
        assertThat(call.plane.counted(TrackDrop.MUTED)).isGreaterThan(500);
        call.plane.setMuted(new TrackSid("TR_camera"), false);
        call.plane.setMuted(new TrackSid("TR_microphone"), false);
        call.runForMillis(1_000);
        assertThat(seen.arrivals.get(frames).startsKeyframe()).isTrue();
        assertThat(heard.arrivals.size() - sounds).isGreaterThan(45);
        seen.assertContinuous();
        assertThat(heard.missing()).isEmpty();
        assertThat(microphone.sent).isGreaterThan(heard.arrivals.size() + 200);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }
}
