package io.tributary.sfu.track;

/// What a publisher says its frames are wrapped in.
public enum FrameProtection {
    /// Nothing, or nothing that could be told from it.
    NONE,
    /// LiveKit's format: a trailer ends each frame.
    LIVEKIT,
    /// RFC 9605: a header begins each frame.
    SFRAME
}
