package io.tributary.sfu.room;

import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import java.util.Map;

/// What a participant wants of its room, or what happened to it. Names that are not known (any more) are ignored:
/// sessions, media and rooms learn of an end at different times. Joining is [RoomRegistry#join].
public sealed interface RoomIntent {
    /// The join message is on its way; only now may other messages follow.
    record JoinWritten(ParticipantSid participant) implements RoomIntent {}

    /// ICE and DTLS of the participant's primary connection are through.
    record Connected(ParticipantSid participant) implements RoomIntent {}

    record AddTrack(ParticipantSid participant, TrackRequest request) implements RoomIntent {}

    /// An m-line of the participant's offer sends media. Answered by [RoomEffect.Publish] if a pending track matches,
    /// by nothing if none does: then the m-line is to be answered inactive.
    ///
    /// @param cid msid track id; may be empty
    /// @param rids as in the SDP, any order; empty without simulcast
    record TrackNegotiated(ParticipantSid participant, String cid, String mid, Codec codec, List<String> rids)
            implements RoomIntent {
        public TrackNegotiated {
            rids = List.copyOf(rids);
        }
    }

    /// The m-line no longer sends.
    record TrackEnded(ParticipantSid participant, String mid) implements RoomIntent {}

    /// The first packet of a layer arrived; 0 is the lowest.
    record LayerStarted(TrackSid track, int layer, int ssrc) implements RoomIntent {}

    /// A track that announced encryption sends unencrypted media.
    record PlaintextSeen(ParticipantSid participant, TrackSid track) implements RoomIntent {}

    record Mute(ParticipantSid participant, TrackSid track, boolean muted) implements RoomIntent {}

    record UpdateSubscription(ParticipantSid participant, List<TrackSid> tracks, boolean subscribe)
            implements RoomIntent {
        public UpdateSubscription {
            tracks = List.copyOf(tracks);
        }
    }

    record UpdateTrackSettings(ParticipantSid participant, List<TrackSid> tracks, TrackSettings settings)
            implements RoomIntent {
        public UpdateTrackSettings {
            tracks = List.copyOf(tracks);
        }
    }

    /// The session found an m-line for a subscription and forwarding is on.
    record SubscriptionBound(ParticipantSid participant, TrackSid track) implements RoomIntent {}

    /// The session cannot carry a subscription.
    record SubscriptionRefused(ParticipantSid participant, TrackSid track, SubscriptionError error)
            implements RoomIntent {}

    /// Who may receive the participant's tracks.
    record SetSubscriptionPermission(
            ParticipantSid participant, boolean allParticipants, List<TrackPermission> permissions)
            implements RoomIntent {
        public SetSubscriptionPermission {
            permissions = List.copyOf(permissions);
        }
    }

    /// New words about oneself.
    ///
    /// @param name empty keeps the present one
    /// @param metadata empty keeps the present one
    /// @param attributes merged; an empty value deletes
    record UpdateMetadata(
            ParticipantSid participant, int requestId, String name, String metadata, Map<String, String> attributes)
            implements RoomIntent {
        public UpdateMetadata {
            attributes = Map.copyOf(attributes);
        }
    }

    /// How a microphone is processed.
    ///
    /// @param features wire numbers, as a whole
    record UpdateAudioTrack(ParticipantSid participant, TrackSid track, List<Integer> features) implements RoomIntent {
        public UpdateAudioTrack {
            features = List.copyOf(features);
        }
    }

    record UpdateVideoTrack(ParticipantSid participant, TrackSid track, int width, int height) implements RoomIntent {}

    /// The participant says goodbye.
    record Leave(ParticipantSid participant, DisconnectReason reason) implements RoomIntent {}

    /// Its signalling socket is gone without a goodbye.
    record SignalLost(ParticipantSid participant) implements RoomIntent {}

    /// Its media connection is gone, or a bug of ours ended it.
    record PeerLost(ParticipantSid participant, DisconnectReason reason) implements RoomIntent {}

    /// See [io.tributary.sfu.router.RouterEvent.AudioLevel].
    record AudioLevel(TrackSid track, int loudestDbov, int activeMillis, int observedMillis) implements RoomIntent {}

    /// See [io.tributary.sfu.router.RouterEvent.Quality].
    record Quality(
            ParticipantSid participant, double uplinkLossPercent, double downlinkLossPercent, int roundTripMillis)
            implements RoomIntent {}

    /// An administrator replaces what somebody may do.
    record SetPermissions(ParticipantIdentity identity, Permissions permissions) implements RoomIntent {}

    /// An administrator mutes somebody's track.
    record MuteRemotely(ParticipantIdentity identity, TrackSid track, boolean muted) implements RoomIntent {}

    /// An administrator sends somebody away.
    record RemoveParticipant(ParticipantIdentity identity) implements RoomIntent {}

    /// Ends the room for everybody: [DisconnectReason#ROOM_DELETED] by an administrator,
    /// [DisconnectReason#SERVER_SHUTDOWN] when the server goes (then clients are told to reconnect).
    record CloseRoom(DisconnectReason reason) implements RoomIntent {}
}
