package io.tributary.sfu.track;

import io.tributary.transport.codec.FrameFacts;

/// Which spatial layer is the highest that a stream has now. Publishers short of bandwidth leave upper layers
/// away, some without saying so: whoever waits for one of those would never see a picture again.
public final class TopLayer {
    /// Pictures in a row that end below the top before it counts as gone. Single ones are dropped frames.
    static final int PICTURES_BELOW = 8;

    private boolean known;
    private int top;
    private int below;

    void onPacket(FrameFacts facts) {
        if (!facts.endsPicture) {
            return;
        }
        int layer = Math.min(facts.spatialId, FrameShares.HIGHEST_SPATIAL);
        below = known && layer < top ? below + 1 : 0;
        if (below == 0 || below >= PICTURES_BELOW) {
            known = true;
            top = layer;
            below = 0;
        }
    }

    /// Another stream takes this one's place.
    void forget() {
        known = false;
        below = 0;
    }

    /// The highest layer there is; the highest there can be while nothing is known.
    public int top() {
        return known ? top : FrameShares.HIGHEST_SPATIAL;
    }
}
