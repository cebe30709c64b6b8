package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.ANSWER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.LEAVE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.PONG_RESP;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.router.RouterEvent;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.sdp.SdpSamples;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import org.junit.jupiter.api.Test;

/// What goes wrong for one participant stays there. Time runs on in a [SignalWorld] only if nothing escapes.
class SessionIsolationTest {
    private static final int POLICY_VIOLATION = 1008;

    private final SignalWorld world = new SignalWorld();
    private final SignalWorld.Client ann = world.cameraOf("ann");

    @Test
    void aFaultInSomebodysNegotiationEndsOnlyItsSession() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        world.media.broken = "subscribe " + bob.peer;
        var carl = world.cameraOf("carl");
        world.advance(10);
        bob.offers(2, SdpSamples.sample("chromium-single-pc-offer"));
        world.media.broken = "none";

        assertThat(bob.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.STATE_MISMATCH);
        assertThat(bob.closed()).isTrue();
        assertThat(world.media.calls).contains("close " + bob.peer);
        unharmed(ann);
        unharmed(carl);
    }

    @Test
    void aFaultWhileSomebodyComesInClosesItsSocket() {
        world.media.broken = "open";
        var bob = world.dual("bob");
        world.media.broken = "none";

        assertThat(bob.closed()).isTrue();
        unharmed(ann);
        world.cameraOf("bob");
        unharmed(ann);
    }

    @Test
    void aFaultWhenSomebodysTimerIsDueEndsOnlyItsSession() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        bob.sendingBreaks = true;
        world.advance(SignalWorld.REFRESH.toMillis());
        bob.sendingBreaks = false;
        world.settle();

        assertThat(world.media.calls).contains("close " + bob.peer);
        assertThat(bob.closed()).isTrue();
        unharmed(ann);
    }

    @Test
    void aFaultAboutSomebodysConnectionEndsOnlyItsSession() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        world.media.says(bob.peer, new RouterEvent.Failed(bob.peer, "a bug of ours"));
        world.settle();

        assertThat(bob.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.MEDIA_FAILURE);
        assertThat(bob.closed()).isTrue();
        unharmed(ann);
    }

    @Test
    void aFaultWhileSomebodyIsClosedStillClosesItsSocket() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        world.media.broken = "close " + bob.peer;
        bob.says(SignalRequest.newBuilder().setLeave(LivekitRtc.LeaveRequest.getDefaultInstance()));

        assertThat(bob.closed()).isTrue();
        unharmed(ann);
    }

    @Test
    void aConnectionThatIsLostEndsItsSession() {
        world.media.says(ann.peer, new RouterEvent.Disconnected(ann.peer, "no sign of life"));
        world.settle();

        assertThat(ann.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.CONNECTION_TIMEOUT);
        assertThat(ann.last(LEAVE).getLeave().getAction()).isEqualTo(LivekitRtc.LeaveRequest.Action.RECONNECT);
        assertThat(ann.closed()).isTrue();
        assertThat(world.lobby.counters().departures(DisconnectReason.CONNECTION_TIMEOUT))
                .isEqualTo(1);
    }

    @Test
    void aFloodingClientIsCutOff() {
        var mute = SignalRequest.newBuilder()
                .setMute(LivekitRtc.MuteTrackRequest.newBuilder()
                        .setSid(ann.track().value())
                        .setMuted(true));
        var bob = world.single("bob", "chromium-single-pc-offer");
        for (int i = 0; i < 10_000; i++) {
            bob.shouts(mute);
        }
        world.settle();

        assertThat(bob.closeCode).isEqualTo(POLICY_VIOLATION);
        assertThat(world.lobby.counters().floods()).isPositive();
        // It had no media yet, so its place is free at once.
        assertThat(world.media.calls).contains("close " + bob.peer);
        unharmed(ann);
    }

    /// Few messages, and each of them huge.
    @Test
    void aClientWithTooMuchToSayIsCutOff() {
        var huge = SignalRequest.newBuilder()
                .setOffer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("offer")
                        .setSdp("v=0" + "\n".repeat(1 << 20)));
        var bob = world.single("bob", "chromium-single-pc-offer");
        for (int i = 0; i < 5; i++) {
            bob.shouts(huge);
        }
        world.settle();

        assertThat(bob.closeCode).isEqualTo(POLICY_VIOLATION);
        assertThat(world.lobby.counters().floods()).isPositive();
        unharmed(ann);
    }

    @Test
    void aBusyClientIsNot() {
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 500; i++) {
                ann.shouts(SignalRequest.newBuilder()
                        .setUpdateVideoTrack(LivekitRtc.UpdateLocalVideoTrack.newBuilder()
                                .setTrackSid(ann.track().value())
                                .setWidth(i)));
            }
            world.settle();
        }

        unharmed(ann);
    }

    @Test
    void aClientThatSpeaksSomethingElseIsCutOffAfterAWhile() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        for (int i = 0; i < 16; i++) {
            bob.babbles(new byte[] {(byte) 0xFF});
        }
        assertThat(bob.closed()).isFalse();
        bob.babbles(new byte[] {(byte) 0xFF});

        assertThat(world.lobby.counters().unreadable()).isEqualTo(17);
        assertThat(bob.closeCode).isEqualTo(POLICY_VIOLATION);
        unharmed(ann);
    }

    @Test
    void aSocketThatBreaksLeavesASessionWithMediaInPlace() {
        ann.hangsUp(WebSocketConnection.ABNORMAL);

        assertThat(world.media.calls).doesNotContain("close " + ann.peer);
        world.media.says(ann.peer, new RouterEvent.Disconnected(ann.peer, "no sign of life"));
        world.settle();
        assertThat(world.media.calls).contains("close " + ann.peer);
    }

    private void unharmed(SignalWorld.Client client) {
        assertThat(client.closed()).isFalse();
        client.mark();
        client.says(SignalRequest.newBuilder()
                .setPingReq(LivekitRtc.Ping.newBuilder().setTimestamp(1)));
        assertThat(client.news(PONG_RESP)).hasSize(1);
        client.offers(9, SdpSamples.sample("chromium-simulcast-publish-offer"));
        assertThat(client.news()).contains(ANSWER);
    }
}
