package io.tributary.sfu.room;

import io.tributary.transport.rtp.Codec;
import java.util.List;

/// What an operator sets for rooms.
///
/// @param autoCreate whether joining creates a room that is not there
/// @param emptyTimeoutSeconds how long a room lives that nobody has entered
/// @param departureTimeoutSeconds how long it lives after the last one left
/// @param maxParticipants 0 for no limit
/// @param maxRooms 0 for no limit
/// @param enabledCodecs what may be published, in the order in which clients are told of it
public record RoomSettings(
        boolean autoCreate,
        int emptyTimeoutSeconds,
        int departureTimeoutSeconds,
        int maxParticipants,
        int maxRooms,
        List<Codec> enabledCodecs) {
    public static final RoomSettings DEFAULTS = new RoomSettings(true, 300, 20, 0, 0, List.of(Codec.values()));

    public RoomSettings {
        enabledCodecs = List.copyOf(enabledCodecs);
    }
}
