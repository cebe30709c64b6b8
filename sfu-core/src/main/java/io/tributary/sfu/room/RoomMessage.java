package io.tributary.sfu.room;

import io.tributary.sfu.track.TrackSid;
import java.util.List;
import java.util.Map;

/// What a room says to a participant.
public sealed interface RoomMessage {
    /// May hold the receiver itself. To be split when large.
    record ParticipantsChanged(List<ParticipantView> participants) implements RoomMessage {
        public ParticipantsChanged {
            participants = List.copyOf(participants);
        }
    }

    /// Answers [RoomIntent.AddTrack].
    record TrackPublished(String cid, TrackView track) implements RoomMessage {}

    /// The server took one of the receiver's own tracks away.
    record TrackUnpublished(TrackSid track) implements RoomMessage {}

    /// The server muted one of the receiver's own tracks.
    record MuteTrack(TrackSid track, boolean muted) implements RoomMessage {}

    /// Somebody receives one of the receiver's own tracks for the first time.
    record TrackSubscribed(TrackSid track) implements RoomMessage {}

    /// Only those whose level changed.
    record SpeakersChanged(List<Speaker> speakers) implements RoomMessage {
        public SpeakersChanged {
            speakers = List.copyOf(speakers);
        }
    }

    /// How loud somebody is.
    ///
    /// @param level 0 to 1, in steps of 1/8
    record Speaker(ParticipantSid participant, float level, boolean active) {}

    record RoomChanged(RoomView room) implements RoomMessage {}

    record ConnectionQuality(List<ParticipantQuality> updates) implements RoomMessage {
        public ConnectionQuality {
            updates = List.copyOf(updates);
        }
    }

    /// How somebody is connected.
    ///
    /// @param score 1 to 4.5, like a mean opinion score
    record ParticipantQuality(ParticipantSid participant, ConnectionGrade grade, float score) {}

    /// Which layers of one of the receiver's own tracks anybody wants.
    ///
    /// @param codecs without `video/`: the forwarded one first; nobody wants anything of the others
    /// @param enabled of the first codec, every quality from LOW to HIGH
    record SubscribedQualities(TrackSid track, List<String> codecs, Map<VideoQuality, Boolean> enabled)
            implements RoomMessage {
        public SubscribedQualities {
            codecs = List.copyOf(codecs);
            enabled = Map.copyOf(enabled);
        }
    }

    /// Whether the receiver may have a publisher's track.
    record SubscriptionPermissionChanged(ParticipantSid publisher, TrackSid track, boolean allowed)
            implements RoomMessage {}

    record SubscriptionFailed(TrackSid track, SubscriptionError error) implements RoomMessage {}

    /// How a request of the receiver ended.
    ///
    /// @param requestId 0 for requests that carry none
    /// @param message for people; may be empty
    record RequestAnswered(int requestId, RequestOutcome outcome, String message, RoomIntent request)
            implements RoomMessage {}

    /// The receiver's token is to be renewed with what it now is and may do: right after its join message and whenever
    /// that changed. Renewing it from time to time is its session's.
    record RefreshToken(ParticipantView self) implements RoomMessage {}

    /// The last thing a participant hears.
    record Leave(LeaveAction action, DisconnectReason reason) implements RoomMessage {}
}
