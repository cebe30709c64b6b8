package io.tributary.sfu.forward;

import io.tributary.sfu.track.LayerDemand;

/// Decides which packets of a track one subscriber gets. Knows layers by number, sees no bytes.
///
/// ```
///            demand NONE                     first packet of a key frame
///  PAUSED <-------------- any state          of the target layer
///    |                                            +-----+
///    | demand                                     v     | target moved: the old layer
///    +--------> AWAITING -------------------> FOLLOWING-+ goes on until the new one's
///                  ^    first packet of a         |       key frame comes
///                  |    key frame of the target   |
///                  +------------------------------+
///                     the layer broke (new epoch)
/// ```
public final class LayerSelector {
    private static final int NONE = -1;

    private final int layers;
    private int demanded;
    private int followed = NONE;
    private int followedEpoch;

    /// Whether packets of the followed layer are being forwarded: false until its first, and after a pause or a break.
    private boolean following;

    /// A selector that follows nothing yet.
    ///
    /// @param layers how many the track has at most
    public LayerSelector(int layers, LayerDemand demand) {
        this.layers = layers;
        demanded = demand.layer();
    }

    public void demand(LayerDemand demand) {
        demanded = demand.layer();
        if (demand.paused()) {
            following = false;
        }
    }

    /// What to do with a packet.
    ///
    /// @param mayStart whether a receiver can start here, or nothing tells where it can
    /// @param epoch of the layer: [io.tributary.sfu.track.Layer#epoch]
    /// @param liveLayers bit mask of those with packets coming
    public Verdict select(int layer, int epoch, boolean mayStart, int liveLayers) {
        if (demanded < 0) {
            return Verdict.DROP_PAUSED;
        }
        if (following && layer == followed) {
            if (epoch == followedEpoch) {
                return Verdict.FORWARD;
            }
            following = false;
        }
        if (layer != target(liveLayers)) {
            return Verdict.DROP_OTHER_LAYER;
        }
        if (!mayStart) {
            return Verdict.DROP_AWAITING_KEYFRAME;
        }
        followed = layer;
        followedEpoch = epoch;
        following = true;
        return Verdict.SWITCH;
    }

    /// The layer that a key frame is needed of to get where this subscriber should be, or -1.
    public int wanted(int liveLayers) {
        if (demanded < 0) {
            return NONE;
        }
        int target = target(liveLayers);
        return following && target == followed ? NONE : target;
    }

    /// The layer whose packets the subscriber gets now, or -1.
    public int following() {
        return following ? followed : NONE;
    }

    /// The best live layer that is not above the demand, else the lowest live one above it. While nothing is live
    /// (the publisher pauses, or has not begun) the layer followed so far, else the demanded one.
    private int target(int liveLayers) {
        int wantedMask = (2 << demanded) - 1;
        int below = liveLayers & wantedMask;
        if (below != 0) {
            return 31 - Integer.numberOfLeadingZeros(below);
        }
        if (liveLayers != 0) {
            return Integer.numberOfTrailingZeros(liveLayers);
        }
        return following ? followed : Math.min(demanded, layers - 1);
    }
}
