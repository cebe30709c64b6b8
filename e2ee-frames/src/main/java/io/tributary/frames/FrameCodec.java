package io.tributary.frames;

/// What an encoder made of a picture or a sound. It decides how much of a LiveKit frame stays in the clear.
public enum FrameCodec {
    OPUS,
    VP8,
    VP9,
    H264,
    H265,
    AV1,
    /// Any other video codec, or one that was not announced.
    OTHER
}
