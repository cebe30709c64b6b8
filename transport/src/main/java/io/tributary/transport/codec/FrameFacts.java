package io.tributary.transport.codec;

/// What one packet tells of its frame. Reused: each parser fills all of it. Whether the packet ends its frame
/// is the RTP marker's word.
public final class FrameFacts {
    /// For numbers that the packet does not carry.
    public static final int NONE = -1;

    /// Whether this is the first packet of a frame.
    public boolean startsFrame;

    /// Whether it starts a key frame; known on a frame's first packet only.
    public boolean keyframe;

    /// Whether no other frame depends on this one.
    public boolean discardable;

    /// 0 without temporal layers.
    public int temporalId;

    /// Whether a receiver may step up to this temporal layer here.
    public boolean layerSync;

    /// Of [#pictureIdBits] bits, or [#NONE].
    public int pictureId;

    /// 7 or 15, 0 without a picture id.
    public int pictureIdBits;

    /// 8 bits, counting the frames of the base temporal layer; or [#NONE].
    public int tl0PicIdx;

    /// 5 bits, or [#NONE].
    public int keyIdx;

    /// Bytes of the payload descriptor.
    public int descriptorLength;

    /// Back to a frame of a codec without any of this.
    public void clear() {
        startsFrame = false;
        keyframe = false;
        discardable = false;
        temporalId = 0;
        layerSync = false;
        pictureId = NONE;
        pictureIdBits = 0;
        tl0PicIdx = NONE;
        keyIdx = NONE;
        descriptorLength = 0;
    }
}
