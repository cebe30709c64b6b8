package io.tributary.sfu.room;

/// Why a participant is no longer in a room.
public enum DisconnectReason {
    UNKNOWN_REASON(0),
    CLIENT_INITIATED(1),
    DUPLICATE_IDENTITY(2),
    SERVER_SHUTDOWN(3),
    PARTICIPANT_REMOVED(4),
    ROOM_DELETED(5),
    STATE_MISMATCH(6),
    JOIN_FAILURE(7),
    MIGRATION(8),
    SIGNAL_CLOSE(9),
    ROOM_CLOSED(10),
    USER_UNAVAILABLE(11),
    USER_REJECTED(12),
    CONNECTION_TIMEOUT(14),
    MEDIA_FAILURE(15);

    private final int number;

    DisconnectReason(int number) {
        this.number = number;
    }

    /// LiveKit's wire number.
    public int number() {
        return number;
    }

    /// What a client may say of its own leaving; anything else it claims counts as [#CLIENT_INITIATED].
    public static DisconnectReason saidByClient(int number) {
        for (DisconnectReason reason : values()) {
            if (reason.number == number && (reason == USER_UNAVAILABLE || reason == USER_REJECTED)) {
                return reason;
            }
        }
        return CLIENT_INITIATED;
    }
}
