package io.tributary.transport.rtp;

/// What an m-line carries.
public enum MediaKind {
    AUDIO,
    VIDEO
}
