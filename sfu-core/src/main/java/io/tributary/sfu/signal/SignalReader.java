package io.tributary.sfu.signal;

import io.tributary.sfu.room.BackupCodecPolicy;
import io.tributary.sfu.room.ClientInfo;
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
import io.tributary.sfu.signal.proto.AddTrackRequest;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SubscriptionPermission;
import io.tributary.sfu.signal.proto.UpdateParticipantMetadata;
import io.tributary.sfu.signal.proto.UpdateSubscription;
import io.tributary.sfu.signal.proto.UpdateTrackSettings;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads LiveKit's protobuf messages into our own words. Stateless; any thread. Never throws on what a client sent.
final class SignalReader {
    /// Two exist.
    private static final int MOST_CAPABILITIES = 32;

    /// More than any room accepts; what is beyond would only be refused with the rest.
    private static final int MOST_LISTED = 64;

    private static final Set<Integer> TEXTS = Set.of(
            SignalRequest.OFFER_FIELD_NUMBER,
            SignalRequest.ANSWER_FIELD_NUMBER,
            SignalRequest.UPDATE_METADATA_FIELD_NUMBER);

    private SignalReader() {}

    /// One binary WebSocket message of `sender`.
    static ClientMessage read(ParticipantSid sender, byte[] message) {
        SignalRequest request;
        try {
            if (!MessageBounds.admit(message, TEXTS)) {
                return new ClientMessage.Malformed("too large a SignalRequest");
            }
            request = SignalRequest.parseFrom(message);
        } catch (IOException e) {
            return new ClientMessage.Malformed("no SignalRequest");
        }
        return switch (request.getMessageCase()) {
            case OFFER ->
                new ClientMessage.Offer(
                        request.getOffer().getId(), request.getOffer().getSdp());
            case ANSWER ->
                new ClientMessage.Answer(
                        request.getAnswer().getId(), request.getAnswer().getSdp());
            case PING -> new ClientMessage.Ping(request.getPing());
            case PING_REQ -> new ClientMessage.PingRequest(request.getPingReq().getTimestamp());
            case TRICKLE, MESSAGE_NOT_SET -> new ClientMessage.Ignored();
            case ADD_TRACK -> intent(addTrack(sender, request.getAddTrack()));
            case MUTE ->
                intent(new RoomIntent.Mute(
                        sender,
                        new TrackSid(request.getMute().getSid()),
                        request.getMute().getMuted()));
            case SUBSCRIPTION -> intent(subscription(sender, request.getSubscription()));
            case TRACK_SETTING -> intent(settings(sender, request.getTrackSetting()));
            case LEAVE ->
                intent(new RoomIntent.Leave(
                        sender, DisconnectReason.saidByClient(request.getLeave().getReasonValue())));
            case SUBSCRIPTION_PERMISSION -> intent(permission(sender, request.getSubscriptionPermission()));
            case UPDATE_METADATA -> intent(metadata(sender, request.getUpdateMetadata()));
            case UPDATE_AUDIO_TRACK ->
                intent(new RoomIntent.UpdateAudioTrack(
                        sender,
                        new TrackSid(request.getUpdateAudioTrack().getTrackSid()),
                        few(request.getUpdateAudioTrack().getFeaturesValueList())));
            case UPDATE_VIDEO_TRACK ->
                intent(new RoomIntent.UpdateVideoTrack(
                        sender,
                        new TrackSid(request.getUpdateVideoTrack().getTrackSid()),
                        request.getUpdateVideoTrack().getWidth(),
                        request.getUpdateVideoTrack().getHeight()));
        };
    }

    static RoomIntent.AddTrack addTrack(ParticipantSid sender, AddTrackRequest request) {
        return new RoomIntent.AddTrack(
                sender,
                new TrackRequest(
                        request.getCid(),
                        request.getName(),
                        constant(TrackType.values(), request.getTypeValue(), TrackType.DATA),
                        request.getWidth(),
                        request.getHeight(),
                        request.getMuted(),
                        request.getDisableDtx(),
                        constant(MediaSource.values(), request.getSourceValue(), MediaSource.UNKNOWN),
                        layers(request.getLayersList()),
                        few(request.getSimulcastCodecsList()).stream()
                                .map(codec -> new TrackRequest.SimulcastCodec(
                                        codec.getCodec(),
                                        codec.getCid(),
                                        layers(codec.getLayersList()),
                                        constant(
                                                VideoLayerMode.values(),
                                                codec.getVideoLayerModeValue(),
                                                VideoLayerMode.UNUSED)))
                                .toList(),
                        request.getSid(),
                        request.getStereo(),
                        request.getDisableRed(),
                        // What is not known is at least not plain.
                        constant(Encryption.values(), request.getEncryptionValue(), Encryption.CUSTOM),
                        request.getStream(),
                        constant(
                                BackupCodecPolicy.values(),
                                request.getBackupCodecPolicyValue(),
                                BackupCodecPolicy.PREFER_REGRESSION),
                        few(request.getAudioFeaturesValueList()),
                        few(request.getPacketTrailerFeaturesValueList())));
    }

    static ClientInfo client(io.tributary.sfu.signal.proto.ClientInfo info) {
        return new ClientInfo(
                info.getSdkValue(),
                info.getVersion(),
                info.getProtocol(),
                info.getOs(),
                info.getOsVersion(),
                info.getDeviceModel(),
                info.getBrowser(),
                info.getBrowserVersion(),
                info.getNetwork(),
                info.getClientProtocol(),
                // Everybody is told of them.
                info.getCapabilitiesValueList().stream()
                        .limit(MOST_CAPABILITIES)
                        .toList());
    }

    private static List<VideoLayer> layers(List<io.tributary.sfu.signal.proto.VideoLayer> layers) {
        return few(layers).stream()
                .map(layer -> new VideoLayer(
                        constant(VideoQuality.values(), layer.getQualityValue(), VideoQuality.HIGH),
                        layer.getWidth(),
                        layer.getHeight(),
                        layer.getBitrate()))
                .toList();
    }

    private static RoomIntent subscription(ParticipantSid sender, UpdateSubscription update) {
        // Clients name the same tracks twice, flat and by participant.
        var tracks = new ArrayList<>(update.getTrackSidsList());
        update.getParticipantTracksList().forEach(of -> tracks.addAll(of.getTrackSidsList()));
        return new RoomIntent.UpdateSubscription(
                sender, tracks.stream().distinct().map(TrackSid::new).toList(), update.getSubscribe());
    }

    private static RoomIntent settings(ParticipantSid sender, UpdateTrackSettings update) {
        return new RoomIntent.UpdateTrackSettings(
                sender,
                update.getTrackSidsList().stream().map(TrackSid::new).toList(),
                new TrackSettings(
                        update.getDisabled(),
                        constant(VideoQuality.values(), update.getQualityValue(), VideoQuality.HIGH),
                        update.getWidth(),
                        update.getHeight(),
                        update.getFps()));
    }

    private static RoomIntent permission(ParticipantSid sender, SubscriptionPermission permission) {
        return new RoomIntent.SetSubscriptionPermission(
                sender,
                permission.getAllParticipants(),
                permission.getTrackPermissionsList().stream()
                        .map(one -> new TrackPermission(
                                new ParticipantSid(one.getParticipantSid()),
                                new ParticipantIdentity(one.getParticipantIdentity()),
                                one.getAllTracks(),
                                one.getTrackSidsList().stream()
                                        .map(TrackSid::new)
                                        .collect(Collectors.toSet())))
                        .toList());
    }

    private static RoomIntent metadata(ParticipantSid sender, UpdateParticipantMetadata update) {
        return new RoomIntent.UpdateMetadata(
                sender, update.getRequestId(), update.getName(), update.getMetadata(), update.getAttributesMap());
    }

    private static <T> List<T> few(List<T> listed) {
        return listed.subList(0, Math.min(listed.size(), MOST_LISTED));
    }

    private static ClientMessage intent(RoomIntent intent) {
        return new ClientMessage.Intent(intent);
    }

    /// The constant with a wire number, or `other` for numbers from the future.
    private static <T extends Enum<T>> T constant(T[] values, int number, T other) {
        return number >= 0 && number < values.length ? values[number] : other;
    }
}
