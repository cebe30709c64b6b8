package io.tributary.sfu.signal;

import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.room.VideoLayer;
import io.tributary.sfu.signal.proto.BackupCodecPolicy;
import io.tributary.sfu.signal.proto.Encryption;
import io.tributary.sfu.signal.proto.ParticipantInfo;
import io.tributary.sfu.signal.proto.ParticipantPermission;
import io.tributary.sfu.signal.proto.Room;
import io.tributary.sfu.signal.proto.SimulcastCodecInfo;
import io.tributary.sfu.signal.proto.TimedVersion;
import io.tributary.sfu.signal.proto.TrackInfo;
import io.tributary.transport.rtp.Codec;

/// Writes rooms, participants and tracks as LiveKit's models, which signalling and room service share. Stateless;
/// any thread.
public final class ModelWriter {
    private ModelWriter() {}

    public static Room room(RoomView view) {
        return Room.newBuilder()
                .setSid(view.sid().value())
                .setName(view.name().value())
                .setEmptyTimeout(view.emptyTimeoutSeconds())
                .setDepartureTimeout(view.departureTimeoutSeconds())
                .setMaxParticipants(view.maxParticipants())
                .setCreationTime(view.createdAtMillis() / 1_000)
                .setCreationTimeMs(view.createdAtMillis())
                .addAllEnabledCodecs(
                        view.enabledCodecs().stream().map(ModelWriter::codec).toList())
                .setMetadata(view.metadata())
                .setNumParticipants(view.participants())
                .setNumPublishers(view.publishers())
                .build();
    }

    static io.tributary.sfu.signal.proto.Codec codec(Codec codec) {
        return io.tributary.sfu.signal.proto.Codec.newBuilder()
                .setMime(codec.mimeType())
                .build();
    }

    public static ParticipantInfo participant(ParticipantView view) {
        ParticipantInfo.Builder info = ParticipantInfo.newBuilder()
                .setSid(view.sid().value())
                .setIdentity(view.identity().value())
                .setStateValue(view.state().ordinal())
                .setMetadata(view.metadata())
                .setJoinedAt(view.joinedAtMillis() / 1_000)
                .setJoinedAtMs(view.joinedAtMillis())
                .setName(view.name())
                .setVersion(view.version())
                .setPermission(permission(view.permissions()))
                .setIsPublisher(view.publisher())
                .setKindValue(view.kind().number())
                .putAllAttributes(view.attributes())
                .setDisconnectReasonValue(view.disconnectReason().number())
                .setClientProtocol(view.clientProtocol())
                .addAllCapabilitiesValue(view.capabilities());
        view.tracks().forEach(track -> info.addTracks(track(track)));
        return info.build();
    }

    private static ParticipantPermission permission(Permissions permissions) {
        ParticipantPermission.Builder permission = ParticipantPermission.newBuilder()
                .setCanSubscribe(permissions.canSubscribe())
                .setCanPublish(permissions.canPublish())
                .setCanPublishData(permissions.canPublishData())
                .setHidden(permissions.hidden())
                .setRecorder(permissions.recorder())
                .setCanUpdateMetadata(permissions.canUpdateMetadata())
                .setAgent(permissions.agent())
                .setCanSubscribeMetrics(permissions.canSubscribeMetrics());
        permissions.publishSources().stream()
                .sorted()
                .forEach(source -> permission.addCanPublishSourcesValue(source.ordinal()));
        return permission.build();
    }

    static TrackInfo track(TrackView view) {
        TrackInfo.Builder info = TrackInfo.newBuilder()
                .setSid(view.sid().value())
                .setTypeValue(view.type().ordinal())
                .setName(view.name())
                .setMuted(view.muted())
                .setWidth(view.width())
                .setHeight(view.height())
                .setSimulcast(view.simulcast())
                .setDisableDtx(view.disableDtx())
                .setSourceValue(view.source().ordinal())
                .setMimeType(view.mimeType())
                .setMid(view.mid())
                .setStereo(view.stereo())
                .setDisableRed(view.disableRed())
                .setEncryption(Encryption.Type.forNumber(view.encryption().ordinal()))
                .setStream(view.stream())
                .addAllAudioFeaturesValue(view.audioFeatures())
                .setBackupCodecPolicy(
                        BackupCodecPolicy.forNumber(view.backupCodecPolicy().ordinal()))
                .addAllPacketTrailerFeaturesValue(view.packetTrailerFeatures());
        if (view.unixMicros() != 0) {
            info.setVersion(TimedVersion.newBuilder().setUnixMicro(view.unixMicros()));
        }
        view.layers().forEach(layer -> info.addLayers(layer(layer)));
        view.codecs().forEach(codec -> {
            SimulcastCodecInfo.Builder simulcast = SimulcastCodecInfo.newBuilder()
                    .setMimeType(codec.mimeType())
                    .setMid(codec.mid())
                    .setCid(codec.cid())
                    .setVideoLayerModeValue(codec.layerMode().ordinal())
                    .setSdpCid(codec.sdpCid());
            codec.layers().forEach(layer -> simulcast.addLayers(layer(layer)));
            info.addCodecs(simulcast);
        });
        return info.build();
    }

    private static io.tributary.sfu.signal.proto.VideoLayer layer(VideoLayer layer) {
        return io.tributary.sfu.signal.proto.VideoLayer.newBuilder()
                .setQualityValue(layer.quality().ordinal())
                .setWidth(layer.width())
                .setHeight(layer.height())
                .setBitrate(layer.bitrateBps())
                .setSsrc(layer.ssrc())
                .setSpatialLayer(layer.spatialLayer())
                .setRid(layer.rid())
                .setRepairSsrc(layer.repairSsrc())
                .build();
    }
}
