package io.tributary.sfu.track;

import java.util.Arrays;

/// How many frames a second one layer has, cut off at each of its temporal layers: measured over about a second of
/// the publisher's own time line, which knows no jitter.
public final class FrameRates {
    /// A rate counts as within a limit up to an eighth and one frame above it: encoders do not keep time exactly,
    /// and whoever asks for 15 of 30 means every other frame.
    private static final int TOLERANCE_DIVISOR = 8;

    private static final int TOLERANCE_FPS = 1;

    /// The window, and at the same time the longest step between two frames that is no break in the time line.
    private final int windowTicks;

    private final int clockRateHz;
    private final int[] counting = new int[FrameShares.HIGHEST_TEMPORAL + 1];
    private boolean began;
    private int startTicks;
    private int newestTicks;

    /// Frames of the last full window, up to and with each temporal layer; and how long it was, 0 while there is
    /// none.
    private final int[] frames = new int[FrameShares.HIGHEST_TEMPORAL + 1];

    private int measuredTicks;

    FrameRates(int clockRateHz) {
        this.clockRateHz = clockRateHz;
        windowTicks = clockRateHz;
    }

    /// A packet of a frame. Late ones say nothing new, whether of this frame or of one before.
    void onPacket(int timestampTicks, int temporalId) {
        int step = timestampTicks - newestTicks;
        if (began && step <= 0 && step > -windowTicks) {
            return;
        }
        newestTicks = timestampTicks;
        if (!began || step <= 0 || step > windowTicks) {
            begin(timestampTicks);
            return;
        }
        counting[Math.min(temporalId, FrameShares.HIGHEST_TEMPORAL)]++;
        if (timestampTicks - startTicks >= windowTicks) {
            measure(timestampTicks - startTicks);
            begin(timestampTicks);
        }
    }

    /// Another stream takes this one's place.
    void forget() {
        began = false;
        measuredTicks = 0;
    }

    /// The highest temporal layer that keeps within `maxFps`, the lowest if none does. Before anything is
    /// measured, and where there is nothing to leave out, all.
    public int highestWithin(int maxFps) {
        long enoughFps = (long) maxFps + maxFps / TOLERANCE_DIVISOR + TOLERANCE_FPS;
        int highest = FrameShares.HIGHEST_TEMPORAL;
        while (highest > 0 && (long) frames[highest] * clockRateHz > enoughFps * measuredTicks) {
            highest--;
        }
        return measuredTicks == 0 ? FrameShares.HIGHEST_TEMPORAL : highest;
    }

    private void begin(int timestampTicks) {
        began = true;
        startTicks = timestampTicks;
        Arrays.fill(counting, 0);
    }

    private void measure(int ticks) {
        int sum = 0;
        for (int i = 0; i < frames.length; i++) {
            sum += counting[i];
            frames[i] = sum;
        }
        measuredTicks = ticks;
    }
}
