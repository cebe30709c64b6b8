package io.tributary.sfu.room;

/// What a client asks to publish; in the order of LiveKit's wire numbers.
public enum TrackType {
    AUDIO,
    VIDEO,
    DATA
}
