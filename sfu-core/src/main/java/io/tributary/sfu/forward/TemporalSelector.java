package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameRates;
import io.tributary.sfu.track.FrameShares;
import io.tributary.transport.codec.FrameFacts;

/// Decides up to which temporal layer one subscriber gets the frames of what it follows, so that they come at the
/// rate it asked for. Higher temporal layers refer to lower ones only, so leaving them out takes nothing but a
/// frame's beginning; taking them up again needs frames that do not refer to what was left out
/// ([FrameFacts#temporalReach]).
final class TemporalSelector {
    private TemporalSelector() {}

    /// The highest temporal layer to let through from the picture on that `first` begins.
    ///
    /// @param maxFps enough for this subscriber, 0 for all there are
    /// @param current the highest that was let through before it
    /// @param spatial the spatial layer that is let through
    static int select(int maxFps, int current, int spatial, FrameFacts first, FrameRates rates) {
        int target = maxFps == 0 ? FrameShares.HIGHEST_TEMPORAL : rates.highestWithin(maxFps);
        if (target <= current) {
            return target;
        }
        return Math.min(target, first.temporalReach(Math.max(0, spatial), current));
    }
}
