package io.tributary.sfu.track;

import io.tributary.transport.codec.PayloadReader;

/// One layer of a track as it arrives on one loop: what it sent lately, whether it is live, and its clock.
public final class Layer {
    /// An epoch is a signed number of so many bits, so that it travels in one int with the layer's index.
    static final int EPOCH_BITS = 28;

    /// The lower bits count interruptions, the upper ones new streams. Overflow of the former looks like the latter,
    /// which is harmless: the clock is told anew within a second or so.
    private static final int INTERRUPTION_BITS = 12;

    private final int index;
    private final PacketHistory history;
    private final SenderClock clock;
    private final LayerMeter meter = new LayerMeter();
    private final FrameRates frameRates;
    private final TopLayer topLayer = new TopLayer();
    private final TrackSpec spec;
    private PayloadReader reader;
    private final KeyframeThrottle keyframes = new KeyframeThrottle();
    private int epoch;
    private boolean interrupted;

    Layer(int index, TrackSpec spec) {
        this.index = index;
        history = PacketHistory.of(spec.codec().kind());
        clock = new SenderClock(spec.codec().clockRateHz());
        frameRates = new FrameRates(spec.codec().clockRateHz());
        this.spec = spec;
        reader = freshReader();
    }

    static Layer[] of(TrackSpec spec) {
        var layers = new Layer[spec.layers()];
        for (int i = 0; i < layers.length; i++) {
            layers[i] = new Layer(i, spec);
        }
        return layers;
    }

    /// 0 the lowest.
    public int index() {
        return index;
    }

    public PacketHistory history() {
        return history;
    }

    public SenderClock clock() {
        return clock;
    }

    public LayerMeter meter() {
        return meter;
    }

    public FrameRates frameRates() {
        return frameRates;
    }

    /// Of the spatial layers that come in this one stream.
    public TopLayer topLayer() {
        return topLayer;
    }

    /// What this loop has learned of how its packets are to be read.
    PayloadReader reader() {
        return reader;
    }

    /// Counts the breaks in this layer's packets. Across a break numbers do not continue (a new SSRC) or packets
    /// were withheld (a mute), so that whoever followed the layer has to start over at a key frame.
    public int epoch() {
        return epoch;
    }

    KeyframeThrottle keyframes() {
        return keyframes;
    }

    /// Packets are withheld from here on until the next one that is not; numbers and clock continue.
    void interrupt() {
        if (!interrupted) {
            interrupted = true;
            epoch = wrapped(epoch + 1);
        }
    }

    /// Packets come again, or still.
    void resume() {
        interrupted = false;
    }

    /// Another stream takes this one's place: its numbers and its clock have nothing to do with the old ones.
    void restart() {
        restart(wrapped(epoch + (1 << INTERRUPTION_BITS)));
    }

    /// Takes over the epoch of the layer's origin, and does what was done there when it changed.
    void follow(int originEpoch) {
        if (originEpoch >> INTERRUPTION_BITS != epoch >> INTERRUPTION_BITS) {
            restart(originEpoch);
        } else {
            epoch = originEpoch;
        }
    }

    private void restart(int newEpoch) {
        epoch = newEpoch;
        history.clear();
        clock.forget();
        frameRates.forget();
        topLayer.forget();
        reader = freshReader();
    }

    private PayloadReader freshReader() {
        return PayloadReader.of(spec.codec(), spec.protection().clearBytes(spec.codec()));
    }

    private static int wrapped(int count) {
        int unused = Integer.SIZE - EPOCH_BITS;
        return count << unused >> unused;
    }
}
