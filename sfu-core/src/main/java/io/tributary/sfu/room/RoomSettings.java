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
/// @param firstUseSeconds how long a token of the Matrix door may wait until its bearer is in a room for the first time
/// @param encryption what must be encrypted end to end
/// @param enabledCodecs what may be published, in the order in which clients are told of it
public record RoomSettings(
        boolean autoCreate,
        int emptyTimeoutSeconds,
        int departureTimeoutSeconds,
        int maxParticipants,
        int maxRooms,
        int firstUseSeconds,
        EncryptionRules encryption,
        List<Codec> enabledCodecs) {
    public static final RoomSettings DEFAULTS = new RoomSettings(true, 300, 20, 0, 0, 1_800);

    public RoomSettings {
        enabledCodecs = List.copyOf(enabledCodecs);
    }

    /// With [EncryptionRules#DEFAULTS] and every codec.
    public RoomSettings(
            boolean autoCreate,
            int emptyTimeoutSeconds,
            int departureTimeoutSeconds,
            int maxParticipants,
            int maxRooms,
            int firstUseSeconds) {
        this(
                autoCreate,
                emptyTimeoutSeconds,
                departureTimeoutSeconds,
                maxParticipants,
                maxRooms,
                firstUseSeconds,
                EncryptionRules.DEFAULTS,
                List.of(Codec.values()));
    }
}
