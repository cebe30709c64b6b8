package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameShares;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.codec.FrameFacts;

/// Decides up to which spatial layer one subscriber gets the pictures of a stream that has several in it.
///
/// Upper layers refer to lower ones and to their own past, so going up takes a key picture. Going down takes one
/// too where lower layers were left out of what was sent so far (key-frame-only prediction between layers,
/// `L3T3_KEY`); where all of them were needed anyway (`L3T3`), the next picture will do.
final class SpatialSelector {
    /// Nothing can be sent before a key picture.
    static final int NOTHING = -1;

    private static final int ALL_INTACT = (1 << FrameShares.HIGHEST_SPATIAL + 1) - 1;

    /// Lets all of a stream through, whatever is demanded; remembers nothing, so one will do for all.
    private static final SpatialSelector WHOLE = new SpatialSelector(false);

    private final boolean scalable;
    private int demanded;

    /// Bit by bit from layer 0 at the lowest: whether whatever a receiver of it needs was sent since the key
    /// picture.
    private int intact;

    /// Of the newest key picture's first packet, and what was intact before it.
    private long keySeq;

    private int intactBeforeKey;

    /// Whether lower layers were ever left out, or the publisher says of one that it would be. Then those that are lost
    /// or late were too, before anybody saw them.
    private boolean leavesOut;

    private SpatialSelector(boolean scalable) {
        this.scalable = scalable;
    }

    /// One for a stream.
    ///
    /// @param scalable whether the stream has the layers that are demanded; otherwise all of it is let through
    static SpatialSelector of(boolean scalable, LayerDemand demand) {
        if (!scalable) {
            return WHOLE;
        }
        var selector = new SpatialSelector(true);
        selector.demand(demand);
        return selector;
    }

    /// Whether anything is ever left out.
    boolean selects() {
        return scalable;
    }

    void demand(LayerDemand demand) {
        if (scalable) {
            demanded = Math.clamp(demand.layer(), 0, FrameShares.HIGHEST_SPATIAL);
        }
    }

    /// The highest spatial layer to let through from the picture on that `first` begins,
    /// [FrameShares#EVERY_SPATIAL], or [#NOTHING].
    ///
    /// @param extendedSeq of `first`
    /// @param current the highest that was let through before it
    /// @param top the highest that the stream has
    int select(long extendedSeq, int current, FrameFacts first, int top) {
        if (!scalable) {
            return FrameShares.EVERY_SPATIAL;
        }
        if (first.keyframe) {
            keySeq = extendedSeq;
            intactBeforeKey = intact;
            intact = ALL_INTACT;
            return first.spatialLayers > 0 ? Math.min(demanded, first.spatialLayers - 1) : demanded;
        }
        leavesOut |= current > 0 && !first.neededFor(current, FrameFacts.HIGHEST_TEMPORAL_LAYER);
        if (leavesOut && current > 0) {
            intact &= -1 << current;
        }
        int there = first.spatialLayers > 0 ? Math.min(top, first.spatialLayers - 1) : top;
        int target = Math.min(demanded, there);
        if (target < current && isIntact(target)) {
            return target;
        }
        return current > there ? NOTHING : current;
    }

    /// Whether the publisher said, somewhere in a picture that does not show its beginning, that it no longer sends
    /// the layer `current`; lower ones can take its place where a picture begins.
    boolean isGone(int current, FrameFacts facts) {
        return scalable && facts.spatialLayers > 0 && current >= facts.spatialLayers;
    }

    /// Whether a late packet says that `current` was no longer sent in its picture, and those lower layers that then
    /// take its place refer to what was left out of them before.
    boolean isCutOff(long extendedSeq, int current, FrameFacts facts) {
        if (!isGone(current, facts) || !facts.interPicture) {
            return false;
        }
        int then = extendedSeq < keySeq ? intactBeforeKey : intact;
        return (then & 1 << facts.spatialLayers - 1) == 0;
    }

    /// A packet was left out of what a receiver of `current` gets.
    void leftOut(int shares, int current, int temporal) {
        for (int lower = 0; scalable && lower < current; lower++) {
            if (FrameShares.neededFor(shares, lower, temporal)) {
                leavesOut = true;
                intact &= ~(1 << lower);
            }
        }
    }

    /// Whether a key picture is needed to get from `current` to where this subscriber should be.
    boolean wantsKeyframe(int current, int top) {
        int target = Math.min(demanded, top);
        return scalable && (target > current || target < current && !isIntact(target));
    }

    private boolean isIntact(int layer) {
        return (intact & 1 << layer) != 0;
    }
}
