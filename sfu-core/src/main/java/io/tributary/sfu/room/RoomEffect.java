package io.tributary.sfu.room;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.rtp.Codec;

/// What a room wants done, in this order.
public sealed interface RoomEffect {
    /// Say something to a participant. Never before its join message, never after its [CloseParticipant].
    record Tell(ParticipantSid to, RoomMessage message) implements RoomEffect {}

    /// Receive an m-line as this track.
    ///
    /// @param track what was asked for, for the answer's codec parameters
    record Publish(ParticipantSid publisher, String mid, TrackSpec spec, TrackView track) implements RoomEffect {}

    /// Stop receiving a track and cut its media off; its m-line is to be answered inactive.
    record StopTrack(ParticipantSid publisher, TrackSid track) implements RoomEffect {}

    record SetMuted(TrackSid track, boolean muted) implements RoomEffect {}

    /// Negotiate an m-line for a track, then forward it; answered by [RoomIntent.SubscriptionBound] or
    /// [RoomIntent.SubscriptionRefused]. The subscriber has been told of the track before.
    record Subscribe(
            ParticipantSid subscriber, ParticipantSid publisher, TrackView track, Codec codec, LayerDemand demand)
            implements RoomEffect {}

    record Unsubscribe(ParticipantSid subscriber, TrackSid track) implements RoomEffect {}

    record Demand(ParticipantSid subscriber, TrackSid track, LayerDemand demand) implements RoomEffect {}

    /// Close the participant's connections and, after what was told, its signalling socket. Ends all its
    /// subscriptions and tracks.
    record CloseParticipant(ParticipantSid participant, DisconnectReason reason) implements RoomEffect {}

    /// The room's history, for whoever outside follows it.
    record Emit(RoomEvent event) implements RoomEffect {}
}
