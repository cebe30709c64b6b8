package io.tributary.frames;

/// How many bytes at the beginning of a frame are in the clear. Whoever forwards may read those and none after
/// them.
///
/// LiveKit's clients leave: of Opus the TOC byte, of VP8 the frame header (10 bytes of a key frame, 3 of another
/// one), of H.264 and H.265 all up to the first slice with its header and one byte more, of VP9 and AV1 nothing.
/// Where that does not apply they treat a frame like VP8.
///
/// A frame that is shorter is none of its codec: clients fail on it, and what is sealed of it does not open.
///
/// @param sizeBytes never more than the frame has
/// @param escaped whether the rest is written with emulation prevention bytes, so that it holds no start code
public record ClearPrefix(int sizeBytes, boolean escaped) {
    private static final int OPUS = 1;
    private static final int VP8_KEY = 10;
    private static final int VP8_DELTA = 3;

    /// The NAL unit's first byte, and the one after it.
    private static final int SLICE = 2;

    /// The prefix of a frame of LiveKit's format, which is the same before and after encryption.
    ///
    /// @param keyFrame as the packets around the frame say; of no effect for Opus, VP9 and AV1
    public static ClearPrefix ofLiveKit(FrameCodec codec, boolean keyFrame, byte[] frame) {
        return switch (codec) {
            case OPUS -> plain(OPUS, frame);
            case VP9, AV1 -> plain(0, frame);
            case VP8 -> likeVp8(keyFrame, frame);
            // Clients believe the bytes and not the announcement, for any codec that is none of the above.
            case H264, H265, OTHER -> {
                int slice = NalUnits.firstSlice(frame);
                yield slice < 0 ? likeVp8(keyFrame, frame) : new ClearPrefix(slice + SLICE, true);
            }
        };
    }

    /// How many bytes of every frame of LiveKit's format, whatever is in it, are as the encoder wrote them; of a
    /// shorter frame all.
    public static int leastOfLiveKit(FrameCodec codec) {
        return switch (codec) {
            case OPUS -> OPUS;
            case VP9, AV1 -> 0;
            // A slice begins behind its start code, so what is clear up to it is no less.
            case VP8, H264, H265, OTHER -> VP8_DELTA;
        };
    }

    /// The header of an SFrame ciphertext; nothing when there is none. None of it is the encoder's.
    public static ClearPrefix ofSFrame(byte[] sframe) {
        return plain(SFrameHeader.parse(sframe).map(SFrameHeader::sizeBytes).orElse(0), sframe);
    }

    private static ClearPrefix likeVp8(boolean keyFrame, byte[] frame) {
        return plain(keyFrame ? VP8_KEY : VP8_DELTA, frame);
    }

    private static ClearPrefix plain(int sizeBytes, byte[] frame) {
        return new ClearPrefix(Math.min(sizeBytes, frame.length), false);
    }
}
