package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.ANSWER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.LEAVE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.MUTE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.REFRESH_TOKEN;
import static livekit.LivekitRtc.SignalResponse.MessageCase.REQUEST_RESPONSE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.TRACK_UNPUBLISHED;
import static livekit.LivekitRtc.SignalResponse.MessageCase.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.token.MediaSource;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SessionDescription;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.junit.jupiter.api.Test;

/// What an administrator changes about people who are in a call.
class AdministrationTest {
    private static final Permissions EVERYTHING =
            new Permissions(true, true, true, false, false, Set.of(), true, false, false);

    private final SignalWorld world = new SignalWorld();
    private final SignalWorld.Client ann = world.cameraOf("ann");
    private final SignalWorld.Client bob = world.single("bob", "chromium-single-pc-offer");

    @Test
    void mutesSomebodyWhoIsToldSoAndStaysMuted() {
        bob.mark();
        world.lobby.administer(SignalWorld.ROOM, new RoomIntent.MuteRemotely(ann.identity, ann.track(), true));
        world.settle();

        assertThat(ann.last(MUTE).getMute().getSid()).isEqualTo(ann.track().value());
        assertThat(ann.last(MUTE).getMute().getMuted()).isTrue();
        assertThat(world.media.calls).endsWith("setMuted " + ann.track().value() + " true");
        assertThat(mutedAtBob()).isTrue();
        // The client says it again by itself; nothing changes by that.
        ann.says(SignalRequest.newBuilder()
                .setMute(LivekitRtc.MuteTrackRequest.newBuilder()
                        .setSid(ann.track().value())
                        .setMuted(true)));
        assertThat(bob.news(UPDATE)).hasSize(1);
        assertThat(ann.last(UPDATE).getUpdate().getParticipants(0).getTracks(0).getMuted())
                .isTrue();
    }

    @Test
    void takesAwayAPublishersTracksWithItsPermission() {
        bob.mark();
        permit(new Permissions(true, false, false, false, false, Set.of(), true, false, false));

        assertThat(ann.last(TRACK_UNPUBLISHED).getTrackUnpublished().getTrackSid())
                .isEqualTo(ann.track().value());
        assertThat(world.media.calls("unpublish"))
                .containsExactly("unpublish " + ann.peer + " " + ann.track().value());
        assertThat(world.media.calls("unsubscribe"))
                .containsExactly("unsubscribe " + bob.peer + " " + ann.track().value());
        LivekitModels.ParticipantInfo seen = annAtBob();
        assertThat(seen.getTracksList()).isEmpty();
        assertThat(seen.getPermission().getCanPublish()).isFalse();
        assertThat(ann.token().video().canPublish()).isFalse();
        assertThat(ann.token().video().canSubscribe()).isTrue();
    }

    @Test
    void answersInactiveToWhomMayNotPublishAnyMore() {
        permit(new Permissions(true, false, false, false, false, Set.of(), true, false, false));
        ann.mark();
        ann.says(SignalRequest.newBuilder().setAddTrack(SignalWorld.camera()));
        ann.offers(2, SdpSamples.sample("chromium-simulcast-publish-offer"));

        RequestResponse refusal = ann.news(REQUEST_RESPONSE).getFirst().getRequestResponse();
        assertThat(refusal.getReason()).isEqualTo(RequestResponse.Reason.NOT_ALLOWED);
        assertThat(refusal.getMessage()).isNotEmpty();
        SessionDescription answer = read(ann.news(ANSWER).getFirst());
        assertThat(answer.section("2").orElseThrow().direction()).isEqualTo(Direction.INACTIVE);
        assertThat(world.media.calls("publish")).hasSize(1);
    }

    @Test
    void takesAwayOnlyTheSourcesThatAreNoLongerAllowed() {
        permit(new Permissions(true, true, true, false, false, Set.of(MediaSource.CAMERA), true, false, false));
        assertThat(world.media.calls("unpublish")).isEmpty();

        permit(new Permissions(true, true, true, false, false, Set.of(MediaSource.MICROPHONE), true, false, false));

        assertThat(world.media.calls("unpublish")).hasSize(1);
        assertThat(ann.token().video().publishSources()).containsExactly(MediaSource.MICROPHONE);
    }

    @Test
    void givesAPublisherItsPermissionBack() {
        permit(new Permissions(true, false, false, false, false, Set.of(), true, false, false));
        permit(EVERYTHING);
        ann.says(SignalRequest.newBuilder().setAddTrack(SignalWorld.camera()));
        ann.offers(2, SdpSamples.sample("chromium-simulcast-publish-offer"));

        assertThat(world.media.calls("publish")).hasSize(2);
        assertThat(ann.token().video().canPublish()).isTrue();
        world.advance(1_000);
        bob.offers(2, SdpSamples.sample("chromium-single-pc-offer"));
        bob.offers(3, SdpSamples.sample("chromium-single-pc-offer"));
        assertThat(world.media.calls("subscribe")).hasSize(2);
    }

    @Test
    void takesAwayASubscribersTracksWithItsPermission() {
        bob.mark();
        world.lobby.administer(
                SignalWorld.ROOM,
                new RoomIntent.SetPermissions(
                        bob.identity, new Permissions(false, true, true, false, false, Set.of(), true, false, false)));
        world.settle();

        assertThat(world.media.calls("unsubscribe"))
                .containsExactly("unsubscribe " + bob.peer + " " + ann.track().value());
        assertThat(bob.news(REFRESH_TOKEN)).hasSize(1);
        assertThat(bob.token().video().canSubscribe()).isFalse();
        assertThat(bob.token().video().canPublish()).isTrue();
    }

    @Test
    void sendsSomebodyAway() {
        world.lobby.administer(SignalWorld.ROOM, new RoomIntent.RemoveParticipant(ann.identity));
        world.settle();

        assertThat(ann.last(LEAVE).getLeave().getReason())
                .isEqualTo(LivekitModels.DisconnectReason.PARTICIPANT_REMOVED);
        assertThat(ann.closed()).isTrue();
        assertThat(world.media.calls).contains("close " + ann.peer);
        assertThat(annAtBob().getState()).isEqualTo(LivekitModels.ParticipantInfo.State.DISCONNECTED);
    }

    private void permit(Permissions permissions) {
        world.lobby.administer(SignalWorld.ROOM, new RoomIntent.SetPermissions(ann.identity, permissions));
        world.settle();
    }

    private boolean mutedAtBob() {
        return annAtBob().getTracks(0).getMuted();
    }

    private LivekitModels.ParticipantInfo annAtBob() {
        return bob.last(UPDATE).getUpdate().getParticipantsList().stream()
                .filter(participant -> participant.getSid().equals(ann.sid()))
                .findFirst()
                .orElseThrow();
    }

    private static SessionDescription read(SignalResponse answer) {
        return switch (SdpReader.read(answer.getAnswer().getSdp())) {
            case SdpReader.Parsed(SessionDescription description) -> description;
            case SdpReader.Malformed(String reason) -> throw new AssertionError(reason);
        };
    }
}
