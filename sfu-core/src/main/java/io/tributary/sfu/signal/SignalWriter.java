package io.tributary.sfu.signal;

import com.google.protobuf.ByteString;
import io.tributary.sfu.room.JoinView;
import io.tributary.sfu.room.LeaveAction;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.RoomMessage;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.room.TrackRequest;
import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.signal.proto.AddTrackRequest;
import io.tributary.sfu.signal.proto.ConnectionQualityInfo;
import io.tributary.sfu.signal.proto.ConnectionQualityUpdate;
import io.tributary.sfu.signal.proto.Encryption;
import io.tributary.sfu.signal.proto.JoinResponse;
import io.tributary.sfu.signal.proto.LeaveRequest;
import io.tributary.sfu.signal.proto.MediaSectionsRequirement;
import io.tributary.sfu.signal.proto.MuteTrackRequest;
import io.tributary.sfu.signal.proto.ParticipantInfo;
import io.tributary.sfu.signal.proto.ParticipantUpdate;
import io.tributary.sfu.signal.proto.Pong;
import io.tributary.sfu.signal.proto.RequestResponse;
import io.tributary.sfu.signal.proto.RoomUpdate;
import io.tributary.sfu.signal.proto.ServerInfo;
import io.tributary.sfu.signal.proto.SessionDescription;
import io.tributary.sfu.signal.proto.SignalResponse;
import io.tributary.sfu.signal.proto.SignalTarget;
import io.tributary.sfu.signal.proto.SimulcastCodec;
import io.tributary.sfu.signal.proto.SpeakerInfo;
import io.tributary.sfu.signal.proto.SpeakersChanged;
import io.tributary.sfu.signal.proto.SubscribedCodec;
import io.tributary.sfu.signal.proto.SubscribedQuality;
import io.tributary.sfu.signal.proto.SubscribedQualityUpdate;
import io.tributary.sfu.signal.proto.SubscriptionPermissionUpdate;
import io.tributary.sfu.signal.proto.SubscriptionResponse;
import io.tributary.sfu.signal.proto.TrackPublishedResponse;
import io.tributary.sfu.signal.proto.TrackSubscribed;
import io.tributary.sfu.signal.proto.TrackUnpublishedResponse;
import io.tributary.sfu.signal.proto.TrickleRequest;
import io.tributary.sfu.signal.proto.UpdateLocalAudioTrack;
import io.tributary.sfu.signal.proto.UpdateLocalVideoTrack;
import io.tributary.sfu.signal.proto.UpdateParticipantMetadata;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.MediaKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Writes our own words as LiveKit's protobuf messages. Stateless; any thread.
final class SignalWriter {
    /// Clients gate features on the version they find here: it names the livekit-server whose wire behaviour this
    /// is.
    static final String SERVER_VERSION = "1.13.5";

    /// Signalling protocol of that version.
    static final int PROTOCOL = 17;

    /// How often a client pings, and after how long without an answer it reconnects.
    private static final int PING_INTERVAL_SECONDS = 5;

    private static final int PING_TIMEOUT_SECONDS = 15;

    /// One update message stays below 128 KiB, with room for its envelope.
    static final int MAX_UPDATE_BYTES = 127 * 1024;

    /// Clients older than this know no `action` in a leave.
    private static final int FIRST_PROTOCOL_WITH_LEAVE_ACTION = 13;

    private SignalWriter() {}

    static byte[] join(JoinView view, boolean subscriberPrimary, String nodeId) {
        JoinResponse.Builder join = JoinResponse.newBuilder()
                .setRoom(ModelWriter.room(view.room()))
                .setParticipant(ModelWriter.participant(view.self()))
                .setServerVersion(SERVER_VERSION)
                .setSubscriberPrimary(subscriberPrimary)
                .setPingInterval(PING_INTERVAL_SECONDS)
                .setPingTimeout(PING_TIMEOUT_SECONDS)
                .setServerInfo(ServerInfo.newBuilder()
                        .setVersion(SERVER_VERSION)
                        .setProtocol(PROTOCOL)
                        .setNodeId(nodeId))
                .setSifTrailer(ByteString.copyFrom(view.sifTrailer(), StandardCharsets.US_ASCII))
                .setFastPublish(view.fastPublish());
        view.others().forEach(other -> join.addOtherParticipants(ModelWriter.participant(other)));
        // Video first: clients take the first video codec for one that is not in the list.
        view.room().enabledCodecs().stream()
                .sorted(Comparator.comparing(codec -> codec.kind() != MediaKind.VIDEO))
                .forEach(codec -> join.addEnabledPublishCodecs(ModelWriter.codec(codec)));
        return bytes(SignalResponse.newBuilder().setJoin(join));
    }

    static byte[] answer(int id, String sdp, Map<String, TrackSid> midToTrack) {
        return bytes(SignalResponse.newBuilder().setAnswer(description("answer", id, sdp, midToTrack)));
    }

    static byte[] offer(int id, String sdp, Map<String, TrackSid> midToTrack) {
        return bytes(SignalResponse.newBuilder().setOffer(description("offer", id, sdp, midToTrack)));
    }

    /// @param candidateInit JSON of an RTCIceCandidateInit
    static byte[] trickle(String candidateInit, boolean subscriber, boolean last) {
        return bytes(SignalResponse.newBuilder()
                .setTrickle(TrickleRequest.newBuilder()
                        .setCandidateInit(candidateInit)
                        .setTarget(subscriber ? SignalTarget.SUBSCRIBER : SignalTarget.PUBLISHER)
                        .setFinal(last)));
    }

    static byte[] mediaSectionsRequirement(int audios, int videos) {
        return bytes(SignalResponse.newBuilder()
                .setMediaSectionsRequirement(MediaSectionsRequirement.newBuilder()
                        .setNumAudios(audios)
                        .setNumVideos(videos)));
    }

    static byte[] refreshToken(String token) {
        return bytes(SignalResponse.newBuilder().setRefreshToken(token));
    }

    static byte[] pong(long nowMillis) {
        return bytes(SignalResponse.newBuilder().setPong(nowMillis));
    }

    static byte[] pongResponse(long pingTimestampMillis, long nowMillis) {
        return bytes(SignalResponse.newBuilder()
                .setPongResp(Pong.newBuilder()
                        .setLastPingTimestamp(pingTimestampMillis)
                        .setTimestamp(nowMillis)));
    }

    static byte[] leave(RoomMessage.Leave leave, int clientProtocol) {
        LeaveRequest.Builder request =
                LeaveRequest.newBuilder().setReasonValue(leave.reason().number());
        if (clientProtocol >= FIRST_PROTOCOL_WITH_LEAVE_ACTION) {
            request.setActionValue(leave.action().ordinal());
        } else {
            request.setCanReconnect(leave.action() != LeaveAction.DISCONNECT);
        }
        return bytes(SignalResponse.newBuilder().setLeave(request));
    }

    /// Any message of a room but [RoomMessage.RefreshToken], which its session turns into a token first. Updates
    /// of many participants become several messages.
    static List<byte[]> room(RoomMessage message, int clientProtocol) {
        return switch (message) {
            case RoomMessage.ParticipantsChanged changed -> updates(changed.participants());
            case RoomMessage.Leave leave -> List.of(leave(leave, clientProtocol));
            case RoomMessage.RefreshToken _ -> throw new IllegalStateException("a token is signed by the session");
            default -> List.of(bytes(response(message)));
        };
    }

    private static SignalResponse.Builder response(RoomMessage message) {
        SignalResponse.Builder response = SignalResponse.newBuilder();
        return switch (message) {
            case RoomMessage.TrackPublished(String cid, TrackView track) ->
                response.setTrackPublished(
                        TrackPublishedResponse.newBuilder().setCid(cid).setTrack(ModelWriter.track(track)));
            case RoomMessage.TrackUnpublished(TrackSid track) ->
                response.setTrackUnpublished(
                        TrackUnpublishedResponse.newBuilder().setTrackSid(track.value()));
            case RoomMessage.MuteTrack(TrackSid track, boolean muted) ->
                response.setMute(
                        MuteTrackRequest.newBuilder().setSid(track.value()).setMuted(muted));
            case RoomMessage.TrackSubscribed(TrackSid track) ->
                response.setTrackSubscribed(TrackSubscribed.newBuilder().setTrackSid(track.value()));
            case RoomMessage.SpeakersChanged(List<RoomMessage.Speaker> speakers) -> {
                SpeakersChanged.Builder changed = SpeakersChanged.newBuilder();
                speakers.forEach(speaker -> changed.addSpeakers(SpeakerInfo.newBuilder()
                        .setSid(speaker.participant().value())
                        .setLevel(speaker.level())
                        .setActive(speaker.active())));
                yield response.setSpeakersChanged(changed);
            }
            case RoomMessage.RoomChanged(RoomView room) ->
                response.setRoomUpdate(RoomUpdate.newBuilder().setRoom(ModelWriter.room(room)));
            case RoomMessage.ConnectionQuality(List<RoomMessage.ParticipantQuality> updates) -> {
                ConnectionQualityUpdate.Builder quality = ConnectionQualityUpdate.newBuilder();
                updates.forEach(update -> quality.addUpdates(ConnectionQualityInfo.newBuilder()
                        .setParticipantSid(update.participant().value())
                        .setQualityValue(update.grade().ordinal())
                        .setScore(update.score())));
                yield response.setConnectionQuality(quality);
            }
            case RoomMessage.SubscribedQualities qualities ->
                response.setSubscribedQualityUpdate(subscribedQualities(qualities));
            case RoomMessage.SubscriptionPermissionChanged permission ->
                response.setSubscriptionPermissionUpdate(SubscriptionPermissionUpdate.newBuilder()
                        .setParticipantSid(permission.publisher().value())
                        .setTrackSid(permission.track().value())
                        .setAllowed(permission.allowed()));
            case RoomMessage.SubscriptionFailed failed ->
                response.setSubscriptionResponse(SubscriptionResponse.newBuilder()
                        .setTrackSid(failed.track().value())
                        .setErrValue(failed.error().ordinal()));
            case RoomMessage.RequestAnswered answered -> response.setRequestResponse(requestResponse(answered));
            case RoomMessage.ParticipantsChanged _, RoomMessage.RefreshToken _, RoomMessage.Leave _ ->
                throw new IllegalStateException("written elsewhere: " + message);
        };
    }

    private static SubscribedQualityUpdate.Builder subscribedQualities(RoomMessage.SubscribedQualities qualities) {
        SubscribedQualityUpdate.Builder update = SubscribedQualityUpdate.newBuilder()
                .setTrackSid(qualities.track().value());
        for (String name : qualities.codecs()) {
            boolean forwarded = update.getSubscribedCodecsCount() == 0;
            SubscribedCodec.Builder codec = SubscribedCodec.newBuilder().setCodec(name);
            qualities.enabled().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(entry -> SubscribedQuality.newBuilder()
                            .setQualityValue(entry.getKey().ordinal())
                            .setEnabled(forwarded && entry.getValue()))
                    .forEach(codec::addQualities);
            if (forwarded) {
                update.addAllSubscribedQualities(codec.getQualitiesList());
            }
            update.addSubscribedCodecs(codec);
        }
        return update;
    }

    private static RequestResponse requestResponse(RoomMessage.RequestAnswered answered) {
        RequestResponse.Builder response = RequestResponse.newBuilder()
                .setRequestId(answered.requestId())
                .setReasonValue(answered.outcome().ordinal())
                .setMessage(answered.message());
        switch (answered.request()) {
            case RoomIntent.AddTrack add -> response.setAddTrack(request(add.request()));
            case RoomIntent.Mute mute ->
                response.setMute(MuteTrackRequest.newBuilder()
                        .setSid(mute.track().value())
                        .setMuted(mute.muted()));
            case RoomIntent.UpdateMetadata update ->
                response.setUpdateMetadata(UpdateParticipantMetadata.newBuilder()
                        .setRequestId(update.requestId())
                        .setName(update.name())
                        .setMetadata(update.metadata())
                        .putAllAttributes(update.attributes()));
            case RoomIntent.UpdateAudioTrack update ->
                response.setUpdateAudioTrack(UpdateLocalAudioTrack.newBuilder()
                        .setTrackSid(update.track().value())
                        .addAllFeaturesValue(update.features()));
            case RoomIntent.UpdateVideoTrack update ->
                response.setUpdateVideoTrack(UpdateLocalVideoTrack.newBuilder()
                        .setTrackSid(update.track().value())
                        .setWidth(update.width())
                        .setHeight(update.height()));
            default -> {} // requests that have no place in the answer are told apart by their id
        }
        return response.build();
    }

    /// Enough of a request for its sender to know it again.
    private static AddTrackRequest request(TrackRequest request) {
        AddTrackRequest.Builder add = AddTrackRequest.newBuilder()
                .setCid(request.cid())
                .setName(request.name())
                .setTypeValue(request.type().ordinal())
                .setWidth(request.width())
                .setHeight(request.height())
                .setMuted(request.muted())
                .setSourceValue(request.source().ordinal())
                .setSid(request.sid())
                .setEncryption(Encryption.Type.forNumber(request.encryption().ordinal()));
        request.simulcastCodecs()
                .forEach(codec -> add.addSimulcastCodecs(
                        SimulcastCodec.newBuilder().setCodec(codec.codec()).setCid(codec.cid())));
        return add.build();
    }

    private static List<byte[]> updates(List<ParticipantView> participants) {
        var messages = new ArrayList<byte[]>();
        ParticipantUpdate.Builder update = ParticipantUpdate.newBuilder();
        int sizeBytes = 0;
        for (ParticipantView view : participants) {
            ParticipantInfo info = ModelWriter.participant(view);
            int infoBytes = info.getSerializedSize() + 8;
            if (sizeBytes > 0 && sizeBytes + infoBytes > MAX_UPDATE_BYTES) {
                messages.add(bytes(SignalResponse.newBuilder().setUpdate(update)));
                update = ParticipantUpdate.newBuilder();
                sizeBytes = 0;
            }
            update.addParticipants(info);
            sizeBytes += infoBytes;
        }
        messages.add(bytes(SignalResponse.newBuilder().setUpdate(update)));
        return messages;
    }

    private static SessionDescription description(String type, int id, String sdp, Map<String, TrackSid> midToTrack) {
        SessionDescription.Builder description =
                SessionDescription.newBuilder().setType(type).setId(id).setSdp(sdp);
        midToTrack.forEach((mid, track) -> description.putMidToTrackId(mid, track.value()));
        return description.build();
    }

    private static byte[] bytes(SignalResponse.Builder response) {
        return response.build().toByteArray();
    }
}
