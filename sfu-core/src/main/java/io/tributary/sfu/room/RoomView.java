package io.tributary.sfu.room;

import io.tributary.sfu.token.RoomName;
import io.tributary.transport.rtp.Codec;
import java.util.List;

/// A room as clients are told of it.
///
/// @param maxParticipants 0 for no limit
public record RoomView(
        RoomSid sid,
        RoomName name,
        int emptyTimeoutSeconds,
        int departureTimeoutSeconds,
        int maxParticipants,
        long createdAtMillis,
        String metadata,
        int participants,
        int publishers,
        List<Codec> enabledCodecs) {
    public RoomView {
        enabledCodecs = List.copyOf(enabledCodecs);
    }
}
