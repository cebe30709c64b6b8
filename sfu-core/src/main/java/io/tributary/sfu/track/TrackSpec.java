package io.tributary.sfu.track;

import io.tributary.transport.rtp.Codec;
import java.util.List;

/// What the media plane must know of a track.
///
/// @param ridsLowToHigh simulcast rids, lowest layer first; empty for a track of one layer
/// @param protection as announced
public record TrackSpec(TrackSid sid, Codec codec, List<String> ridsLowToHigh, FrameProtection protection) {
    public TrackSpec {
        ridsLowToHigh = List.copyOf(ridsLowToHigh);
    }

    /// Whether the layers that subscribers ask for come together in one stream.
    public boolean scalable() {
        return codec.scalable() && ridsLowToHigh.isEmpty();
    }

    /// Streams that come apart.
    /// A track that announces no encryption.
    public TrackSpec(TrackSid sid, Codec codec, List<String> ridsLowToHigh) {
        this(sid, codec, ridsLowToHigh, FrameProtection.NONE);
    }

    public int layers() {
        return Math.max(1, ridsLowToHigh.size());
    }
}
