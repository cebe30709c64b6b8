package io.tributary.sfu.room;

/// What a client that is told to leave should do next; in the order of LiveKit's wire numbers.
public enum LeaveAction {
    DISCONNECT,
    RESUME,
    RECONNECT
}
