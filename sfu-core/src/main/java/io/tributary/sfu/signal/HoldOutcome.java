package io.tributary.sfu.signal;

/// What became of somebody who came before the room and had to wait for it.
public enum HoldOutcome {
    /// The room came to be in time, and joining was tried again.
    ROOM_CAME,
    /// It did not, and there was no room to join.
    EXPIRED,
    /// The same participant came again meanwhile; that one waits.
    REPLACED,
    /// So many were waiting that this one was answered at once.
    TOO_MANY
}
