package io.tributary.sfu.room;

import io.tributary.sfu.track.FrameProtection;

/// How a track's frames are encrypted end to end; in the order of LiveKit's wire numbers.
public enum Encryption {
    NONE,
    GCM,
    CUSTOM;

    /// What the media plane takes the track's frames for, whatever their codec. A client that announces `CUSTOM`
    /// may mean any scheme; SFrame is the one that leaves the least to be read.
    public FrameProtection protection() {
        return switch (this) {
            case NONE -> FrameProtection.NONE;
            case GCM -> FrameProtection.LIVEKIT;
            case CUSTOM -> FrameProtection.SFRAME;
        };
    }
}
