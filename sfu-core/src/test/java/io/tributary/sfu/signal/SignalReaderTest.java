package io.tributary.sfu.signal;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tributary.sfu.room.BackupCodecPolicy;
import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.Encryption;
import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.TrackPermission;
import io.tributary.sfu.room.TrackRequest;
import io.tributary.sfu.room.TrackSettings;
import io.tributary.sfu.room.TrackType;
import io.tributary.sfu.room.VideoLayer;
import io.tributary.sfu.room.VideoLayerMode;
import io.tributary.sfu.room.VideoQuality;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import org.junit.jupiter.api.Test;

/// What LiveKit's own classes write, read by us.
class SignalReaderTest {
    private static final ParticipantSid ANN = new ParticipantSid("PA_ann");
    private static final TrackSid TRACK = new TrackSid("TR_one");
    private static final LivekitRtc.SessionDescription SDP = LivekitRtc.SessionDescription.newBuilder()
            .setType("offer")
            .setSdp("v=0")
            .setId(9)
            .build();

    @Test
    void readsNegotiation() {
        assertThat(read(SignalRequest.newBuilder().setOffer(SDP))).isEqualTo(new ClientMessage.Offer(9, "v=0"));
        assertThat(read(SignalRequest.newBuilder().setAnswer(SDP))).isEqualTo(new ClientMessage.Answer(9, "v=0"));
    }

    @Test
    void readsPings() {
        assertThat(read(SignalRequest.newBuilder().setPing(1_795_000_000_123L)))
                .isEqualTo(new ClientMessage.Ping(1_795_000_000_123L));
        var request = LivekitRtc.Ping.newBuilder().setTimestamp(77).setRtt(5);
        assertThat(read(SignalRequest.newBuilder().setPingReq(request))).isEqualTo(new ClientMessage.PingRequest(77));
    }

    @Test
    @SuppressWarnings("deprecation") // clients still say and read these
    void readsAWholeAddTrack() {
        var layer = LivekitModels.VideoLayer.newBuilder()
                .setQuality(LivekitModels.VideoQuality.MEDIUM)
                .setWidth(640)
                .setHeight(360)
                .setBitrate(500_000);
        var add = LivekitRtc.AddTrackRequest.newBuilder()
                .setCid("cid-1")
                .setName("cam")
                .setType(LivekitModels.TrackType.VIDEO)
                .setWidth(1280)
                .setHeight(720)
                .setMuted(true)
                .setDisableDtx(true)
                .setSource(LivekitModels.TrackSource.SCREEN_SHARE)
                .addLayers(layer)
                .addSimulcastCodecs(LivekitRtc.SimulcastCodec.newBuilder()
                        .setCodec("vp8")
                        .setCid("cid-1")
                        .addLayers(layer)
                        .setVideoLayerMode(LivekitModels.VideoLayer.Mode.ONE_SPATIAL_LAYER_PER_STREAM))
                .setSid("TR_old")
                .setStereo(true)
                .setDisableRed(true)
                .setEncryption(LivekitModels.Encryption.Type.GCM)
                .setStream("screen")
                .setBackupCodecPolicy(LivekitModels.BackupCodecPolicy.SIMULCAST)
                .addAudioFeatures(LivekitModels.AudioTrackFeature.TF_NO_DTX);

        var expected = List.of(new VideoLayer(VideoQuality.MEDIUM, 640, 360, 500_000));
        assertThat(intent(SignalRequest.newBuilder().setAddTrack(add)))
                .isEqualTo(new RoomIntent.AddTrack(
                        ANN,
                        new TrackRequest(
                                "cid-1",
                                "cam",
                                TrackType.VIDEO,
                                1280,
                                720,
                                true,
                                true,
                                MediaSource.SCREEN_SHARE,
                                expected,
                                List.of(new TrackRequest.SimulcastCodec(
                                        "vp8", "cid-1", expected, VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM)),
                                "TR_old",
                                true,
                                true,
                                Encryption.GCM,
                                "screen",
                                BackupCodecPolicy.SIMULCAST,
                                List.of(LivekitModels.AudioTrackFeature.TF_NO_DTX_VALUE),
                                List.of())));
    }

    /// Two bytes of each on the wire are an object once read.
    @Test
    void refusesWhatIsLargeWithoutBeingText() {
        var layers = LivekitRtc.AddTrackRequest.newBuilder()
                .setCid("cid")
                .addAllLayers(nCopies(100_000, LivekitModels.VideoLayer.getDefaultInstance()));
        assertThat(read(SignalRequest.newBuilder().setAddTrack(layers)))
                .isEqualTo(new ClientMessage.Malformed("too large a SignalRequest"));

        String sdp = "v=0" + "\n".repeat(1 << 20);
        var offer = LivekitRtc.SessionDescription.newBuilder().setId(9).setSdp(sdp);
        assertThat(read(SignalRequest.newBuilder().setOffer(offer))).isEqualTo(new ClientMessage.Offer(9, sdp));
    }

    @Test
    void listsNoMoreThanWouldBeRefused() {
        var layers = LivekitRtc.AddTrackRequest.newBuilder()
                .addAllLayers(nCopies(10_000, LivekitModels.VideoLayer.getDefaultInstance()));
        assertThat(intent(SignalRequest.newBuilder().setAddTrack(layers)))
                .isInstanceOfSatisfying(
                        RoomIntent.AddTrack.class,
                        add -> assertThat(add.request().layers()).hasSize(64));
    }

    @Test
    void readsWhatConcernsTracks() {
        assertThat(intent(SignalRequest.newBuilder()
                        .setMute(LivekitRtc.MuteTrackRequest.newBuilder()
                                .setSid("TR_one")
                                .setMuted(true))))
                .isEqualTo(new RoomIntent.Mute(ANN, TRACK, true));
        assertThat(intent(SignalRequest.newBuilder()
                        .setTrackSetting(LivekitRtc.UpdateTrackSettings.newBuilder()
                                .addTrackSids("TR_one")
                                .setDisabled(true)
                                .setQuality(LivekitModels.VideoQuality.HIGH)
                                .setWidth(320)
                                .setHeight(180)
                                .setFps(15)
                                .setPriority(2))))
                .isEqualTo(new RoomIntent.UpdateTrackSettings(
                        ANN, List.of(TRACK), new TrackSettings(true, VideoQuality.HIGH, 320, 180, 15)));
        assertThat(intent(SignalRequest.newBuilder()
                        .setUpdateAudioTrack(LivekitRtc.UpdateLocalAudioTrack.newBuilder()
                                .setTrackSid("TR_one")
                                .addFeatures(LivekitModels.AudioTrackFeature.TF_STEREO))))
                .isEqualTo(new RoomIntent.UpdateAudioTrack(
                        ANN, TRACK, List.of(LivekitModels.AudioTrackFeature.TF_STEREO_VALUE)));
        assertThat(intent(SignalRequest.newBuilder()
                        .setUpdateVideoTrack(LivekitRtc.UpdateLocalVideoTrack.newBuilder()
                                .setTrackSid("TR_one")
                                .setWidth(640)
                                .setHeight(360))))
                .isEqualTo(new RoomIntent.UpdateVideoTrack(ANN, TRACK, 640, 360));
    }

    @Test
    void readsASubscriptionOnceThatIsNamedTwice() {
        var update = LivekitRtc.UpdateSubscription.newBuilder()
                .addTrackSids("TR_one")
                .setSubscribe(true)
                .addParticipantTracks(LivekitModels.ParticipantTracks.newBuilder()
                        .setParticipantSid("PA_bob")
                        .addTrackSids("TR_one")
                        .addTrackSids("TR_two"));

        assertThat(intent(SignalRequest.newBuilder().setSubscription(update)))
                .isEqualTo(new RoomIntent.UpdateSubscription(ANN, List.of(TRACK, new TrackSid("TR_two")), true));
    }

    @Test
    void readsWhoMaySubscribe() {
        var permission = LivekitRtc.SubscriptionPermission.newBuilder()
                .addTrackPermissions(LivekitRtc.TrackPermission.newBuilder()
                        .setParticipantSid("PA_bob")
                        .setParticipantIdentity("bob")
                        .addTrackSids("TR_one"));

        assertThat(intent(SignalRequest.newBuilder().setSubscriptionPermission(permission)))
                .isEqualTo(new RoomIntent.SetSubscriptionPermission(
                        ANN,
                        false,
                        List.of(new TrackPermission(
                                new ParticipantSid("PA_bob"), new ParticipantIdentity("bob"), false, Set.of(TRACK)))));
    }

    @Test
    void readsWordsAboutOneself() {
        var update = LivekitRtc.UpdateParticipantMetadata.newBuilder()
                .setRequestId(3)
                .setName("Ann")
                .setMetadata("m")
                .putAttributes("k", "");

        assertThat(intent(SignalRequest.newBuilder().setUpdateMetadata(update)))
                .isEqualTo(new RoomIntent.UpdateMetadata(ANN, 3, "Ann", "m", Map.of("k", "")));
    }

    @Test
    void believesOnlySomeReasonsForLeaving() {
        assertThat(leave(LivekitModels.DisconnectReason.USER_REJECTED)).isEqualTo(DisconnectReason.USER_REJECTED);
        assertThat(leave(LivekitModels.DisconnectReason.SERVER_SHUTDOWN)).isEqualTo(DisconnectReason.CLIENT_INITIATED);
    }

    @Test
    void ignoresWhatItHasNoUseFor() {
        var ignored = new ClientMessage.Ignored();
        assertThat(read(SignalRequest.newBuilder().setTrickle(LivekitRtc.TrickleRequest.getDefaultInstance())))
                .isEqualTo(ignored);
        assertThat(read(SignalRequest.newBuilder().setSyncState(LivekitRtc.SyncState.getDefaultInstance())))
                .isEqualTo(ignored);
        assertThat(read(SignalRequest.newBuilder().setSimulate(LivekitRtc.SimulateScenario.getDefaultInstance())))
                .isEqualTo(ignored);
        assertThat(read(SignalRequest.newBuilder()
                        .setPublishDataTrackRequest(LivekitRtc.PublishDataTrackRequest.getDefaultInstance())))
                .isEqualTo(ignored);
        assertThat(read(SignalRequest.newBuilder())).isEqualTo(ignored);
    }

    @Test
    void numbersFromTheFutureBecomeTheSafeChoice() {
        var add = LivekitRtc.AddTrackRequest.newBuilder()
                .setTypeValue(99)
                .setSourceValue(99)
                .setEncryptionValue(99)
                .setBackupCodecPolicyValue(-1);
        var read = (RoomIntent.AddTrack) intent(SignalRequest.newBuilder().setAddTrack(add));

        assertThat(read.request().type()).isEqualTo(TrackType.DATA);
        assertThat(read.request().source()).isEqualTo(MediaSource.UNKNOWN);
        assertThat(read.request().encryption()).isEqualTo(Encryption.CUSTOM);
        assertThat(read.request().backupCodecPolicy()).isEqualTo(BackupCodecPolicy.PREFER_REGRESSION);
    }

    @Test
    void saysSoWhenAMessageIsNone() {
        assertThat(SignalReader.read(ANN, new byte[] {(byte) 0xFF, (byte) 0xFF}))
                .isInstanceOf(ClientMessage.Malformed.class);
    }

    /// Random bytes, and real messages with random damage.
    @Test
    void neverThrowsOnGarbage() {
        long seed = Long.getLong("sim.seed", 20261121);
        var random = new Random(seed);
        byte[] real = SignalRequest.newBuilder()
                .setAddTrack(LivekitRtc.AddTrackRequest.newBuilder()
                        .setCid("cid")
                        .setName("näme")
                        .addSimulcastCodecs(LivekitRtc.SimulcastCodec.newBuilder()
                                .setCodec("vp8")
                                .addLayers(LivekitModels.VideoLayer.newBuilder().setWidth(3))))
                .build()
                .toByteArray();
        for (int round = 0; round < 20_000; round++) {
            byte[] message = round % 2 == 0 ? new byte[random.nextInt(64)] : real.clone();
            if (round % 2 == 0) {
                random.nextBytes(message);
            } else {
                message[random.nextInt(message.length)] = (byte) random.nextInt();
                message[random.nextInt(message.length)] = (byte) random.nextInt();
            }
            assertThatCode(() -> SignalReader.read(ANN, message))
                    .as("-Dsim.seed=%d round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    private static DisconnectReason leave(LivekitModels.DisconnectReason reason) {
        var leave = LivekitRtc.LeaveRequest.newBuilder().setReason(reason);
        return ((RoomIntent.Leave) intent(SignalRequest.newBuilder().setLeave(leave))).reason();
    }

    private static RoomIntent intent(SignalRequest.Builder request) {
        return ((ClientMessage.Intent) read(request)).intent();
    }

    private static ClientMessage read(SignalRequest.Builder request) {
        return SignalReader.read(ANN, request.build().toByteArray());
    }

    @Test
    void aClientsCapabilitiesAreFew() {
        var info = io.tributary.sfu.signal.proto.ClientInfo.newBuilder();
        for (int i = 0; i < 10_000; i++) {
            info.addCapabilitiesValue(i);
        }

        assertThat(SignalReader.client(info.build()).capabilities()).hasSizeLessThanOrEqualTo(32);
    }
}
