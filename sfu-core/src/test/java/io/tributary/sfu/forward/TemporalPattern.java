package io.tributary.sfu.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// In which temporal layer an encoder puts its frames, as libvpx does with three of them: 0, 2, 1, 2, with frames to
/// step up at in every other round.
final class TemporalPattern {
    private static final int[] LAYERS = {0, 2, 1, 2, 0, 2, 1, 2};
    private static final boolean[] SYNC = {false, true, true, false, false, false, false, false};
    private static final int NONE = -1;

    /// One frame.
    ///
    /// @param needs the frames without which it cannot be decoded
    record Frame(int id, int temporalId, boolean layerSync, List<Integer> needs) {}

    private final int[] newest = {NONE, NONE, NONE};
    private int at;

    /// The next frame. It may refer to the newest of each layer up to its own; where a receiver may step up, to the
    /// lowest layer only.
    Frame next(int id, boolean keyframe) {
        if (keyframe) {
            at = 0;
            Arrays.fill(newest, NONE);
        }
        int temporalId = LAYERS[at];
        boolean sync = SYNC[at];
        at = (at + 1) % LAYERS.length;
        var needs = new ArrayList<Integer>();
        for (int i = 0; i <= (sync ? 0 : temporalId); i++) {
            if (newest[i] != NONE) {
                needs.add(newest[i]);
            }
        }
        newest[temporalId] = id;
        return new Frame(id, temporalId, sync, needs);
    }
}
