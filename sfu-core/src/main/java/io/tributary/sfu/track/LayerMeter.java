package io.tributary.sfu.track;

/// Whether packets of one layer are coming.
///
/// A layer counts as live from its first packet on, so that a new one is used at once, and as paused after a
/// silence of four times its usual distance between frames, within bounds: half a second for a camera, longer for
/// a shared screen that shows a frame a second.
public final class LayerMeter {
    static final long MIN_SILENCE_MICROS = 500_000;
    static final long MAX_SILENCE_MICROS = 2_000_000;

    private boolean heard;
    private long lastPacketMicros;
    private long lastFrameMicros;
    private int lastTimestampTicks;
    private long frameGapMicros;

    void onPacket(long nowMicros, int timestampTicks) {
        if (!heard) {
            heard = true;
            lastFrameMicros = nowMicros;
            lastTimestampTicks = timestampTicks;
        } else if (timestampTicks != lastTimestampTicks) {
            // A pause is no gap between frames: bounded, it is forgotten within a few of them.
            long gapMicros = Math.min(nowMicros - lastFrameMicros, MAX_SILENCE_MICROS);
            frameGapMicros += (gapMicros - frameGapMicros) / 8;
            lastFrameMicros = nowMicros;
            lastTimestampTicks = timestampTicks;
        }
        lastPacketMicros = nowMicros;
    }

    public boolean live(long nowMicros) {
        long silenceMicros = Math.clamp(4 * frameGapMicros, MIN_SILENCE_MICROS, MAX_SILENCE_MICROS);
        return heard && nowMicros - lastPacketMicros < silenceMicros;
    }
}
