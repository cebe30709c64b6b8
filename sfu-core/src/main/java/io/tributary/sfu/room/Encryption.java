package io.tributary.sfu.room;

/// How a track's frames are encrypted end to end; in the order of LiveKit's wire numbers.
public enum Encryption {
    NONE,
    GCM,
    CUSTOM
}
