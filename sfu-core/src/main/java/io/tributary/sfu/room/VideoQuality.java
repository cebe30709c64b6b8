package io.tributary.sfu.room;

/// A size class of video; in the order of LiveKit's wire numbers.
public enum VideoQuality {
    LOW,
    MEDIUM,
    HIGH,
    OFF
}
