package io.tributary.sfu.signal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.room.BackupCodecPolicy;
import io.tributary.sfu.room.ConnectionGrade;
import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.Encryption;
import io.tributary.sfu.room.JoinView;
import io.tributary.sfu.room.LeaveAction;
import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.room.ParticipantState;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RequestOutcome;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.RoomMessage;
import io.tributary.sfu.room.RoomSid;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.room.SubscriptionError;
import io.tributary.sfu.room.TrackRequest;
import io.tributary.sfu.room.TrackType;
import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.room.VideoLayer;
import io.tributary.sfu.room.VideoLayerMode;
import io.tributary.sfu.room.VideoQuality;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.ParticipantKind;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import livekit.LivekitModels;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.RequestResponse;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import org.junit.jupiter.api.Test;

/// What we write, read by LiveKit's own classes.
class SignalWriterTest {
    private static final int TODAY = 17;
    private static final TrackSid TRACK = new TrackSid("TR_VCone");
    private static final ParticipantSid ANN = new ParticipantSid("PA_ann");

    @Test
    void joinCarriesEverythingThatClientsRead() {
        var join = read(SignalWriter.join(
                        new JoinView(room(), ann(Map.of()), List.of(ann(Map.of("k", "v"))), "trailer-of-room", true),
                        true,
                        "ND_1"))
                .getJoin();

        assertThat(join.getRoom().getSid()).isEqualTo("RM_1");
        assertThat(join.getRoom().getName()).isEqualTo("kitchen");
        assertThat(join.getRoom().getEmptyTimeout()).isEqualTo(300);
        assertThat(join.getRoom().getDepartureTimeout()).isEqualTo(20);
        assertThat(join.getRoom().getMaxParticipants()).isEqualTo(9);
        assertThat(join.getRoom().getCreationTime()).isEqualTo(1_795_000_000);
        assertThat(join.getRoom().getCreationTimeMs()).isEqualTo(1_795_000_000_123L);
        assertThat(join.getRoom().getNumParticipants()).isEqualTo(3);
        assertThat(join.getRoom().getNumPublishers()).isEqualTo(2);
        assertThat(join.getRoom().getEnabledCodecsList())
                .extracting(codec -> codec.getMime())
                .containsExactly("video/vp8", "video/vp9", "audio/opus");
        assertThat(join.getParticipant().getIdentity()).isEqualTo("ann@home");
        assertThat(join.getOtherParticipantsList())
                .singleElement()
                .satisfies(other -> assertThat(other.getAttributesMap()).containsEntry("k", "v"));
        assertThat(join.getSubscriberPrimary()).isTrue();
        assertThat(join.getFastPublish()).isTrue();
        assertThat(join.getPingInterval()).isPositive();
        assertThat(join.getPingTimeout()).isGreaterThan(join.getPingInterval());
        assertThat(join.getServerInfo().getProtocol()).isEqualTo(SignalWriter.PROTOCOL);
        assertThat(join.getServerInfo().getNodeId()).isEqualTo("ND_1");
        assertThat(join.getServerVersion()).isEqualTo(join.getServerInfo().getVersion());
        assertThat(join.getSifTrailer().toStringUtf8()).isEqualTo("trailer-of-room");
        assertThat(join.getEnabledPublishCodecsList())
                .extracting(codec -> codec.getMime())
                .containsExactly("video/vp8", "video/vp9", "audio/opus");
    }

    @Test
    void participantKeepsEveryField() {
        var participant = update(new RoomMessage.ParticipantsChanged(List.of(ann(Map.of("hand", "up")))));

        assertThat(participant.getSid()).isEqualTo("PA_ann");
        assertThat(participant.getIdentity()).isEqualTo("ann@home");
        assertThat(participant.getState()).isEqualTo(LivekitModels.ParticipantInfo.State.ACTIVE);
        assertThat(participant.getName()).isEqualTo("Ann");
        assertThat(participant.getMetadata()).isEqualTo("{}");
        assertThat(participant.getJoinedAt()).isEqualTo(1_795_000_001);
        assertThat(participant.getJoinedAtMs()).isEqualTo(1_795_000_001_456L);
        assertThat(participant.getVersion()).isEqualTo(7);
        assertThat(participant.getIsPublisher()).isTrue();
        assertThat(participant.getKind()).isEqualTo(LivekitModels.ParticipantInfo.Kind.AGENT);
        assertThat(participant.getAttributesMap()).containsExactly(Map.entry("hand", "up"));
        assertThat(participant.getDisconnectReason()).isEqualTo(LivekitModels.DisconnectReason.SIGNAL_CLOSE);
        var permission = participant.getPermission();
        assertThat(permission.getCanSubscribe()).isTrue();
        assertThat(permission.getCanPublish()).isTrue();
        assertThat(permission.getCanPublishData()).isFalse();
        assertThat(permission.getHidden()).isFalse();
        assertThat(permission.getCanUpdateMetadata()).isTrue();
        assertThat(permission.getCanPublishSourcesList())
                .containsExactly(LivekitModels.TrackSource.CAMERA, LivekitModels.TrackSource.MICROPHONE);
    }

    @Test
    @SuppressWarnings("deprecation") // clients still say and read these
    void trackKeepsEveryField() {
        var info = update(new RoomMessage.ParticipantsChanged(List.of(ann(Map.of()))))
                .getTracks(0);

        assertThat(info.getSid()).isEqualTo("TR_VCone");
        assertThat(info.getType()).isEqualTo(LivekitModels.TrackType.VIDEO);
        assertThat(info.getName()).isEqualTo("cam");
        assertThat(info.getMuted()).isTrue();
        assertThat(info.getWidth()).isEqualTo(1280);
        assertThat(info.getHeight()).isEqualTo(720);
        assertThat(info.getSource()).isEqualTo(LivekitModels.TrackSource.CAMERA);
        assertThat(info.getMimeType()).isEqualTo("video/vp8");
        assertThat(info.getMid()).isEqualTo("4");
        assertThat(info.getEncryption()).isEqualTo(LivekitModels.Encryption.Type.GCM);
        assertThat(info.getStream()).isEqualTo("camera");
        assertThat(info.getDisableRed()).isTrue();
        assertThat(info.getVersion().getUnixMicro()).isEqualTo(1_795_000_002_000_000L);
        assertThat(info.getBackupCodecPolicy()).isEqualTo(LivekitModels.BackupCodecPolicy.REGRESSION);
        assertThat(info.getAudioFeaturesValueList()).containsExactly(0, 3);
        assertThat(info.getLayersList()).hasSize(2).first().satisfies(layer -> {
            assertThat(layer.getQuality()).isEqualTo(LivekitModels.VideoQuality.LOW);
            assertThat(layer.getWidth()).isEqualTo(320);
            assertThat(layer.getHeight()).isEqualTo(180);
            assertThat(layer.getBitrate()).isEqualTo(150_000);
            assertThat(Integer.toUnsignedLong(layer.getSsrc())).isEqualTo(4_000_000_000L);
            assertThat(layer.getRid()).isEqualTo("q");
        });
        assertThat(info.getCodecsList()).singleElement().satisfies(codec -> {
            assertThat(codec.getMimeType()).isEqualTo("video/vp8");
            assertThat(codec.getMid()).isEqualTo("4");
            assertThat(codec.getCid()).isEqualTo("cid-1");
            assertThat(codec.getSdpCid()).isEqualTo("sdp-cid-1");
            assertThat(codec.getVideoLayerMode()).isEqualTo(LivekitModels.VideoLayer.Mode.ONE_SPATIAL_LAYER_PER_STREAM);
            assertThat(codec.getLayersList()).hasSize(2);
        });
    }

    @Test
    void everyValueOfEveryEnumIsTheSameWordThere() {
        for (DisconnectReason reason : DisconnectReason.values()) {
            LeaveRequest leave = read(SignalWriter.leave(new RoomMessage.Leave(LeaveAction.RESUME, reason), TODAY))
                    .getLeave();
            assertThat(leave.getReason().name()).isEqualTo(reason.name());
        }
        for (LeaveAction action : LeaveAction.values()) {
            assertThat(LeaveRequest.Action.forNumber(action.ordinal()).name()).isEqualTo(action.name());
        }
        for (MediaSource source : MediaSource.values()) {
            assertThat(LivekitModels.TrackSource.forNumber(source.ordinal()).name())
                    .isEqualTo(source.name());
        }
        for (ParticipantKind kind : ParticipantKind.values()) {
            assertThat(LivekitModels.ParticipantInfo.Kind.forNumber(kind.number())
                            .name())
                    .isEqualTo(kind.name());
        }
        for (RequestOutcome outcome : RequestOutcome.values()) {
            assertThat(RequestResponse.Reason.forNumber(outcome.ordinal()).name())
                    .isEqualTo(outcome.name());
        }
        for (VideoQuality quality : VideoQuality.values()) {
            assertThat(LivekitModels.VideoQuality.forNumber(quality.ordinal()).name())
                    .isEqualTo(quality.name());
        }
        for (ParticipantState state : ParticipantState.values()) {
            assertThat(LivekitModels.ParticipantInfo.State.forNumber(state.ordinal())
                            .name())
                    .isEqualTo(state.name());
        }
        for (VideoLayerMode mode : VideoLayerMode.values()) {
            assertThat(LivekitModels.VideoLayer.Mode.forNumber(mode.ordinal()).name())
                    .endsWith(mode.name());
        }
        for (SubscriptionError error : SubscriptionError.values()) {
            assertThat(LivekitModels.SubscriptionError.forNumber(error.ordinal())
                            .name())
                    .isEqualTo("SE_" + error.name().replace("NOT_FOUND", "NOTFOUND"));
        }
        for (ConnectionGrade grade : ConnectionGrade.values()) {
            assertThat(LivekitModels.ConnectionQuality.forNumber(grade.ordinal())
                            .name())
                    .isEqualTo(grade.name());
        }
    }

    @Test
    void negotiationCarriesIdsAndTracks() {
        var answer = read(SignalWriter.answer(3, "v=0", Map.of("4", TRACK))).getAnswer();
        var offer = read(SignalWriter.offer(250, "v=0", Map.of("1", TRACK))).getOffer();
        var trickle = read(SignalWriter.trickle("{}", true, true)).getTrickle();
        var wanted = read(SignalWriter.mediaSectionsRequirement(2, 1)).getMediaSectionsRequirement();

        assertThat(answer.getType()).isEqualTo("answer");
        assertThat(answer.getId()).isEqualTo(3);
        assertThat(answer.getSdp()).isEqualTo("v=0");
        assertThat(answer.getMidToTrackIdMap()).containsExactly(Map.entry("4", "TR_VCone"));
        assertThat(offer.getType()).isEqualTo("offer");
        assertThat(offer.getId()).isEqualTo(250);
        assertThat(offer.getMidToTrackIdMap()).containsExactly(Map.entry("1", "TR_VCone"));
        assertThat(trickle.getCandidateInit()).isEqualTo("{}");
        assertThat(trickle.getTarget()).isEqualTo(SignalTarget.SUBSCRIBER);
        assertThat(trickle.getFinal()).isTrue();
        assertThat(wanted.getNumAudios()).isEqualTo(2);
        assertThat(wanted.getNumVideos()).isEqualTo(1);
    }

    @Test
    void pingsAreAnsweredInBothForms() {
        assertThat(read(SignalWriter.pong(1_795_000_000_123L)).getPong()).isEqualTo(1_795_000_000_123L);
        var pong = read(SignalWriter.pongResponse(77, 88)).getPongResp();
        assertThat(pong.getLastPingTimestamp()).isEqualTo(77);
        assertThat(pong.getTimestamp()).isEqualTo(88);
        assertThat(read(SignalWriter.refreshToken("a.b.c")).getRefreshToken()).isEqualTo("a.b.c");
    }

    @Test
    void oldClientsAreToldToLeaveTheWayTheyKnow() {
        var leave = new RoomMessage.Leave(LeaveAction.RECONNECT, DisconnectReason.SERVER_SHUTDOWN);

        LeaveRequest today = read(SignalWriter.leave(leave, 13)).getLeave();
        LeaveRequest before = read(SignalWriter.leave(leave, 12)).getLeave();

        assertThat(today.getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(today.getReason()).isEqualTo(LivekitModels.DisconnectReason.SERVER_SHUTDOWN);
        assertThat(before.getCanReconnect()).isTrue();
        assertThat(before.getAction()).isEqualTo(LeaveRequest.Action.DISCONNECT);
    }

    @Test
    void everyRoomMessageHasItsPlace() {
        assertThat(one(new RoomMessage.TrackPublished("cid-1", track()))
                        .getTrackPublished()
                        .getCid())
                .isEqualTo("cid-1");
        assertThat(one(new RoomMessage.TrackPublished("cid-1", track()))
                        .getTrackPublished()
                        .getTrack()
                        .getSid())
                .isEqualTo("TR_VCone");
        assertThat(one(new RoomMessage.TrackUnpublished(TRACK))
                        .getTrackUnpublished()
                        .getTrackSid())
                .isEqualTo("TR_VCone");
        var mute = one(new RoomMessage.MuteTrack(TRACK, true)).getMute();
        assertThat(mute.getSid()).isEqualTo("TR_VCone");
        assertThat(mute.getMuted()).isTrue();
        assertThat(one(new RoomMessage.TrackSubscribed(TRACK))
                        .getTrackSubscribed()
                        .getTrackSid())
                .isEqualTo("TR_VCone");
        assertThat(one(new RoomMessage.SpeakersChanged(List.of(new RoomMessage.Speaker(ANN, 0.5f, true))))
                        .getSpeakersChanged()
                        .getSpeakersList())
                .singleElement()
                .satisfies(speaker -> {
                    assertThat(speaker.getSid()).isEqualTo("PA_ann");
                    assertThat(speaker.getLevel()).isEqualTo(0.5f);
                    assertThat(speaker.getActive()).isTrue();
                });
        assertThat(one(new RoomMessage.RoomChanged(room()))
                        .getRoomUpdate()
                        .getRoom()
                        .getSid())
                .isEqualTo("RM_1");
        var grade = new RoomMessage.ParticipantQuality(ANN, ConnectionGrade.EXCELLENT, 4.5f);
        assertThat(one(new RoomMessage.ConnectionQuality(List.of(grade)))
                        .getConnectionQuality()
                        .getUpdatesList())
                .singleElement()
                .satisfies(quality -> {
                    assertThat(quality.getParticipantSid()).isEqualTo("PA_ann");
                    assertThat(quality.getQuality()).isEqualTo(LivekitModels.ConnectionQuality.EXCELLENT);
                    assertThat(quality.getScore()).isEqualTo(4.5f);
                });
        var allowed = one(new RoomMessage.SubscriptionPermissionChanged(ANN, TRACK, true))
                .getSubscriptionPermissionUpdate();
        assertThat(allowed.getParticipantSid()).isEqualTo("PA_ann");
        assertThat(allowed.getTrackSid()).isEqualTo("TR_VCone");
        assertThat(allowed.getAllowed()).isTrue();
        var failed = one(new RoomMessage.SubscriptionFailed(TRACK, SubscriptionError.TRACK_NOT_FOUND))
                .getSubscriptionResponse();
        assertThat(failed.getTrackSid()).isEqualTo("TR_VCone");
        assertThat(failed.getErr()).isEqualTo(LivekitModels.SubscriptionError.SE_TRACK_NOTFOUND);
    }

    @Test
    void subscribedQualitiesAreSaidWithAndWithoutACodec() {
        var message = one(new RoomMessage.SubscribedQualities(
                        TRACK,
                        List.of("vp9", "vp8"),
                        Map.of(VideoQuality.LOW, true, VideoQuality.MEDIUM, false, VideoQuality.HIGH, false)))
                .getSubscribedQualityUpdate();

        assertThat(message.getTrackSid()).isEqualTo("TR_VCone");
        assertThat(message.getSubscribedCodecsList())
                .extracting(codec -> codec.getCodec() + ": "
                        + codec.getQualitiesList().stream()
                                .map(quality -> quality.getQuality().name() + " " + quality.getEnabled())
                                .collect(Collectors.joining(", ")))
                .containsExactly("vp9: LOW true, MEDIUM false, HIGH false", "vp8: LOW false, MEDIUM false, HIGH false");
        // The flat list is deprecated there, and still all that clients before simulcast codecs read.
        assertThat(message.getAllFields().keySet())
                .extracting(field -> field.getName())
                .contains("subscribed_qualities");
    }

    @Test
    void answersNameTheRequestTheyAnswer() {
        var metadata = new RoomIntent.UpdateMetadata(ANN, 5, "Ann", "m", Map.of("k", "v"));
        var answers = List.of(
                answered(new RoomIntent.AddTrack(ANN, request())),
                answered(new RoomIntent.Mute(ANN, TRACK, true)),
                answered(metadata),
                answered(new RoomIntent.UpdateAudioTrack(ANN, TRACK, List.of(1))),
                answered(new RoomIntent.UpdateVideoTrack(ANN, TRACK, 640, 360)));

        assertThat(answers)
                .extracting(RequestResponse::getRequestCase)
                .containsExactly(
                        RequestResponse.RequestCase.ADD_TRACK,
                        RequestResponse.RequestCase.MUTE,
                        RequestResponse.RequestCase.UPDATE_METADATA,
                        RequestResponse.RequestCase.UPDATE_AUDIO_TRACK,
                        RequestResponse.RequestCase.UPDATE_VIDEO_TRACK);
        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.getRequestId()).isEqualTo(5);
            assertThat(answer.getReason()).isEqualTo(RequestResponse.Reason.NOT_ALLOWED);
            assertThat(answer.getMessage()).isEqualTo("no");
        });
        assertThat(answers.getFirst().getAddTrack().getCid()).isEqualTo("cid-1");
        assertThat(answers.getFirst().getAddTrack().getSimulcastCodecs(0).getCid())
                .isEqualTo("cid-1");
        assertThat(answers.get(2).getUpdateMetadata().getAttributesMap()).containsEntry("k", "v");
        assertThat(answers.get(4).getUpdateVideoTrack().getHeight()).isEqualTo(360);
    }

    @Test
    void manyParticipantsBecomeSeveralMessagesOfBoundedSize() {
        var crowd = new ArrayList<ParticipantView>();
        for (int i = 0; i < 400; i++) {
            crowd.add(ann(Map.of("text", "x".repeat(1_000))));
        }

        List<byte[]> messages = SignalWriter.room(new RoomMessage.ParticipantsChanged(crowd), TODAY);

        assertThat(messages).hasSizeGreaterThan(3).allMatch(message -> message.length <= 128 * 1024);
        assertThat(messages.stream()
                        .mapToInt(message -> read(message).getUpdate().getParticipantsCount())
                        .sum())
                .isEqualTo(400);
    }

    private static RequestResponse answered(RoomIntent request) {
        return one(new RoomMessage.RequestAnswered(5, RequestOutcome.NOT_ALLOWED, "no", request))
                .getRequestResponse();
    }

    private static SignalResponse one(RoomMessage message) {
        List<byte[]> messages = SignalWriter.room(message, TODAY);
        assertThat(messages).hasSize(1);
        return read(messages.getFirst());
    }

    private static LivekitModels.ParticipantInfo update(RoomMessage message) {
        return one(message).getUpdate().getParticipants(0);
    }

    /// A field that LiveKit's classes do not know would be one that no client reads.
    private static SignalResponse read(byte[] message) {
        try {
            SignalResponse response = SignalResponse.parseFrom(message);
            assertThat(response.getMessageCase()).isNotEqualTo(SignalResponse.MessageCase.MESSAGE_NOT_SET);
            assertThat(response.getUnknownFields().asMap()).isEmpty();
            return response;
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static RoomView room() {
        return new RoomView(
                new RoomSid("RM_1"),
                new RoomName("kitchen"),
                300,
                20,
                9,
                1_795_000_000_123L,
                "",
                3,
                2,
                List.of(Codec.VP8, Codec.VP9, Codec.OPUS));
    }

    private static ParticipantView ann(Map<String, String> attributes) {
        var permissions = new Permissions(
                true,
                true,
                false,
                false,
                false,
                Set.of(MediaSource.MICROPHONE, MediaSource.CAMERA),
                true,
                false,
                false);
        return new ParticipantView(
                ANN,
                new ParticipantIdentity("ann@home"),
                ParticipantState.ACTIVE,
                List.of(track()),
                "{}",
                1_795_000_001_456L,
                "Ann",
                7,
                permissions,
                true,
                ParticipantKind.AGENT,
                attributes,
                DisconnectReason.SIGNAL_CLOSE,
                2,
                List.of(1));
    }

    private static TrackView track() {
        List<VideoLayer> layers = List.of(
                new VideoLayer(VideoQuality.LOW, 320, 180, 150_000, (int) 4_000_000_000L, 0, "q", 9),
                new VideoLayer(VideoQuality.HIGH, 1280, 720, 1_700_000));
        return new TrackView(
                TRACK,
                TrackType.VIDEO,
                "cam",
                true,
                1280,
                720,
                true,
                false,
                MediaSource.CAMERA,
                layers,
                "video/vp8",
                "4",
                List.of(new TrackView.CodecView(
                        "video/vp8", "4", "cid-1", layers, VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM, "sdp-cid-1")),
                false,
                true,
                Encryption.GCM,
                "camera",
                1_795_000_002_000_000L,
                List.of(0, 3),
                BackupCodecPolicy.REGRESSION,
                List.of());
    }

    private static TrackRequest request() {
        return new TrackRequest(
                "cid-1",
                "cam",
                TrackType.VIDEO,
                1280,
                720,
                false,
                false,
                MediaSource.CAMERA,
                List.of(),
                List.of(new TrackRequest.SimulcastCodec(
                        "vp8", "cid-1", List.of(), VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM)),
                "",
                false,
                true,
                Encryption.GCM,
                "camera",
                BackupCodecPolicy.PREFER_REGRESSION,
                List.of(),
                List.of());
    }
}
