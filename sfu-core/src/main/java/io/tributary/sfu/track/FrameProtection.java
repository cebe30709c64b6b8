package io.tributary.sfu.track;

import io.tributary.frames.ClearPrefix;
import io.tributary.frames.FrameCodec;
import io.tributary.transport.rtp.Codec;

/// What a publisher says its frames are wrapped in.
public enum FrameProtection {
    /// Nothing, or nothing that could be told from it.
    NONE,
    /// LiveKit's format: a trailer ends each frame.
    LIVEKIT,
    /// RFC 9605: a header begins each frame. Or a format of the client's own, of which nobody knows.
    SFRAME;

    /// How many bytes at the beginning of each frame are certain to be its encoder's, and may be read as such.
    int clearBytes(Codec codec) {
        return switch (this) {
            case NONE -> Integer.MAX_VALUE;
            case LIVEKIT -> ClearPrefix.leastOfLiveKit(frameCodec(codec));
            case SFRAME -> 0;
        };
    }

    static FrameCodec frameCodec(Codec codec) {
        return switch (codec) {
            case OPUS -> FrameCodec.OPUS;
            case VP8 -> FrameCodec.VP8;
            case VP9 -> FrameCodec.VP9;
            case AV1 -> FrameCodec.AV1;
            case H264 -> FrameCodec.H264;
            case H265 -> FrameCodec.H265;
        };
    }
}
