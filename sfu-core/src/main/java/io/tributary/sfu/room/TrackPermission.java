package io.tributary.sfu.room;

import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import java.util.Set;

/// Which of a publisher's tracks one other participant may receive; named by sid, by identity, or both.
///
/// @param sid empty value when not given
/// @param identity empty value when not given
public record TrackPermission(
        ParticipantSid sid, ParticipantIdentity identity, boolean allTracks, Set<TrackSid> tracks) {
    public TrackPermission {
        tracks = Set.copyOf(tracks);
    }
}
