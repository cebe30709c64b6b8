package io.tributary.sfu.room;

/// Why a subscription failed; in the order of LiveKit's wire numbers.
public enum SubscriptionError {
    UNKNOWN,
    CODEC_UNSUPPORTED,
    TRACK_NOT_FOUND
}
