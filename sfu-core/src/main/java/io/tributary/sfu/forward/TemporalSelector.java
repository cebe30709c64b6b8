package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameRates;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.codec.FrameFacts;

/// Decides up to which temporal layer one subscriber gets the frames of what it follows, so that they come at the rate
/// it asked for. Higher temporal layers refer to lower ones only, so leaving them out takes nothing but a frame's
/// beginning; taking them up again needs frames that do not refer to what was left out (RFC 7741 §4.2, Y).
final class TemporalSelector {
    private int maxFps;

    TemporalSelector(LayerDemand demand) {
        maxFps = demand.maxFps();
    }

    void demand(LayerDemand demand) {
        maxFps = demand.maxFps();
    }

    /// The highest temporal layer to let through from the frame on that `first` begins.
    ///
    /// @param current the highest that was let through before it
    int select(int current, FrameFacts first, FrameRates rates) {
        int target = maxFps == 0 ? FrameRates.HIGHEST_TEMPORAL_LAYER : rates.highestWithin(maxFps);
        if (target < current || first.keyframe) {
            return target;
        }
        return Math.min(target, first.temporalReach(0, current));
    }
}
