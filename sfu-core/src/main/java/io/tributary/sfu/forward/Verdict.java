package io.tributary.sfu.forward;

/// What the [LayerSelector] says about one packet.
public enum Verdict {
    /// The stream goes on with it.
    FORWARD,
    /// The stream goes on with it, from here on following its layer: a start, a switch or a return.
    SWITCH,
    DROP_PAUSED,
    DROP_OTHER_LAYER,
    DROP_AWAITING_KEYFRAME
}
