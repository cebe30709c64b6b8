package io.tributary.sfu.room;

/// What a publisher does for subscribers that cannot decode its codec; in the order of LiveKit's wire numbers.
public enum BackupCodecPolicy {
    PREFER_REGRESSION,
    SIMULCAST,
    REGRESSION
}
