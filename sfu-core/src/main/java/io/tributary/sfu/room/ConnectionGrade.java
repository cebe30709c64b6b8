package io.tributary.sfu.room;

/// How well a participant is connected; in the order of LiveKit's wire numbers.
public enum ConnectionGrade {
    POOR,
    GOOD,
    EXCELLENT,
    LOST
}
