package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.rtp.MediaKind;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes wrong on one participant's behalf stays with that participant.
class IsolationTest {
    /// A bug in what follows one publisher's packets ends that publisher's connection, with its tracks.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void exceptionClosesThePublisherItHappenedTo(int loops) {
        var call = new Call(31, loops);
        Call.Person alice = call.join("alice");
        Call.Person bob = call.join("bob");
        alice.camera("TR_alice");
        alice.microphone("TR_microphone");
        bob.camera("TR_bob");
        Viewer bySubscriber = bob.view("TR_alice", LayerDemand.HIGHEST);
        Viewer ofBob = call.join("carol").view("TR_bob", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        alice.bug = new IllegalStateException("planted by the test");
        call.runForMillis(500);
        int after = bySubscriber.arrivals.size();
        call.runForMillis(2_000);
        assertThat(alice.events).contains(new RouterEvent.Failed(alice.id, "planted by the test"));
        assertThat(bySubscriber.arrivals).hasSize(after);
        assertThat(bob.events).noneMatch(RouterEvent.Failed.class::isInstance);
        assertThat(ofBob.last().atMicros()).isGreaterThan(call.world.nowMicros() - 100_000);
        ofBob.assertContinuous();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// A subscriber that we would have to send under one SSRC twice is our bug, and costs it its connection alone.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void exceptionClosesTheSubscriberItHappenedTo(int loops) {
        var call = new Call(32, loops);
        Call.Person alice = call.join("alice");
        alice.camera("TR_camera");
        alice.microphone("TR_microphone");
        Call.Person bob = call.join("bob");
        Call.Person carol = call.join("carol");
        Viewer broken = bob.view("TR_camera", LayerDemand.HIGHEST);
        Viewer sound = carol.view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        var twice = new OutgoingMedia("x", MediaKind.AUDIO, Call.AUDIO, broken.ssrc, 0, Call.EXTENSIONS, "cname");
        call.plane.subscribe(bob.id, Call.audio("TR_microphone").sid(), twice, LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        assertThat(bob.events).filteredOn(RouterEvent.Failed.class::isInstance).hasSize(1);
        assertThat(broken.last().atMicros()).isLessThan(call.world.nowMicros() - 900_000);
        assertThat(carol.events).noneMatch(RouterEvent.Failed.class::isInstance);
        assertThat(alice.events).noneMatch(RouterEvent.Failed.class::isInstance);
        assertThat(sound.last().atMicros()).isGreaterThan(call.world.nowMicros() - 100_000);
        sound.assertContinuous();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// Somebody on the path records alice's packets and sends them again.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void replayedPacketsAreNotForwarded(int loops) {
        var call = new Call(33, loops);
        Call.Person alice = call.join("alice");
        var recorded = new ArrayList<byte[]>();
        alice.uplink().filter(datagram -> {
            if (recorded.size() < 200 && (datagram[0] & 0xC0) == 0x80) {
                recorded.add(datagram.clone());
            }
            return true;
        });
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(2_000);
        camera.stop();
        call.runForMillis(500);
        int before = bob.arrivals.size();
        recorded.forEach(alice.client::sendDatagram);
        call.runForMillis(500);
        assertThat(recorded).hasSize(200);
        assertThat(bob.arrivals).hasSize(before);
        assertThat(call.plane.counted(PeerDrop.SRTP_REFUSED)).isGreaterThan(150);
        bob.assertContinuous();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }
}
