package io.tributary.sfu.forward;

import io.tributary.transport.io.Allowance;

/// How many key frames one subscription may cause. A key frame is everybody's to pay for, so whoever asks on after each
/// one that comes is refused; whoever asks again because none came is not, for that costs nothing more.
final class KeyframeAllowance {
    /// Lost pictures: four at once, then one every other second. A receiver that loses more needs a lower layer.
    static final int LOSS_BURST = 4;

    /// Changes to another layer: somebody who rearranges a page of tiles changes a few times, and then looks.
    static final int SWITCH_BURST = 8;

    private static final int UNITS_PER_LOSS = 2;
    private static final int NOTHING = -1;

    private final Allowance losses = new Allowance(LOSS_BURST * UNITS_PER_LOSS, 1);
    private final Allowance switches = new Allowance(SWITCH_BURST, 1);
    private boolean awaited;
    private int switchingTo = NOTHING;

    /// The subscriber says that it cannot decode.
    boolean onLoss(long nowMicros) {
        if (!awaited) {
            awaited = losses.take(nowMicros, UNITS_PER_LOSS);
        }
        return awaited;
    }

    /// A key frame of `layer` is needed to begin with it; asked again with each packet until one comes.
    boolean onSwitch(long nowMicros, int layer) {
        if (layer == switchingTo) {
            return true;
        }
        if (!switches.take(nowMicros)) {
            return false;
        }
        switchingTo = layer;
        return true;
    }

    /// A key frame goes to the subscriber.
    void onKeyframe() {
        awaited = false;
        switchingTo = NOTHING;
    }
}
