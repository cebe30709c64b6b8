package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.rtp.MediaKind;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Control and media learn of things at different times: no order of calls may matter more than it says.
class OrderOfCallsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void subscriptionMayComeBeforeAnyPacketAndBeforeAnyConnection(int loops) {
        var call = new Call(41, loops);
        Call.Person alice = call.arrive("alice");
        Call.Person bob = call.arrive("bob");
        call.plane.publish(
                alice.id,
                Call.video("TR_camera"),
                new IncomingMedia(
                        "0", MediaKind.VIDEO, List.of(Call.VIDEO), Call.EXTENSIONS, Call.RIDS, List.of(), List.of()));
        Viewer viewer = bob.view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        new Camera(alice, "0", 1_000).start();
        call.runForMillis(2_000);
        assertThat(viewer.arrivals).hasSizeGreaterThan(100);
        assertThat(viewer.arrivals.getFirst().startsKeyframe()).isTrue();
        viewer.assertContinuous();
        assertThat(alice.events)
                .contains(
                        new RouterEvent.Connected(alice.id),
                        new RouterEvent.LayerStarted(new TrackSid("TR_camera"), 0, 1_000),
                        new RouterEvent.LayerStarted(new TrackSid("TR_camera"), 2, 1_002));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatIsNotKnownAnyMoreIsIgnored(int loops) {
        var call = new Call(42, loops);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        Camera camera = alice.camera("TR_camera");
        Viewer viewer = bob.view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        camera.stop();
        call.plane.close(alice.id);
        bob.view("TR_camera", LayerDemand.HIGHEST); // posted to another loop before it hears of the end
        call.runForMillis(10);
        int after = viewer.arrivals.size();
        viewer.demand(LayerDemand.LOWEST);
        viewer.unsubscribe();
        bob.view("TR_nobody", LayerDemand.HIGHEST);
        call.plane.setMuted(new TrackSid("TR_camera"), true);
        call.plane.unpublish(alice.id, new TrackSid("TR_camera"));
        call.plane.setRemote(alice.id, alice.client.credentials(), alice.client.fingerprint());
        call.plane.close(alice.id);
        call.plane.close(new PeerId(999));
        call.runForMillis(1_000);
        assertThat(viewer.arrivals).hasSizeLessThanOrEqualTo(after + 5);
        assertThat(bob.events).noneMatch(RouterEvent.Failed.class::isInstance);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// Subscribe, unpublish, publish anew and subscribe again in one breath: the last word counts.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void keepTheirOrderAcrossLoops(int loops) {
        var call = new Call(43, loops);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        var media = new IncomingMedia(
                "0", MediaKind.VIDEO, List.of(Call.VIDEO), Call.EXTENSIONS, Call.RIDS, List.of(), List.of());
        Viewer viewer = bob.view("TR_camera", LayerDemand.LOWEST);
        for (int i = 0; i < 5; i++) {
            call.plane.publish(alice.id, Call.video("TR_camera"), media);
            viewer = bob.view("TR_camera", LayerDemand.LOWEST);
            if (i < 4) {
                call.plane.unpublish(alice.id, new TrackSid("TR_camera"));
            }
        }
        call.runForMillis(100);
        new Camera(alice, "0", 1_000).start();
        call.runForMillis(2_000);
        assertThat(viewer.arrivals).hasSizeGreaterThan(50);
        viewer.assertContinuous();
        assertThat(bob.events).noneMatch(RouterEvent.Failed.class::isInstance);
    }

    /// An m-line is offered for another track before anybody said that the first one is over.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endingATrackSparesTheOneThatTookOverItsLine(int loops) {
        var call = new Call(44, loops);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        var media = new IncomingMedia(
                "0", MediaKind.VIDEO, List.of(Call.VIDEO), Call.EXTENSIONS, Call.RIDS, List.of(), List.of());
        call.plane.publish(alice.id, Call.video("TR_camera"), media);
        call.plane.publish(alice.id, Call.video("TR_screen"), media);
        call.plane.unpublish(alice.id, new TrackSid("TR_camera"));
        Viewer viewer = bob.view("TR_screen", LayerDemand.LOWEST);
        call.runForMillis(100);
        new Camera(alice, "0", 1_000).start();
        call.runForMillis(2_000);
        assertThat(viewer.arrivals).hasSizeGreaterThan(50);
        viewer.assertContinuous();
    }
}
