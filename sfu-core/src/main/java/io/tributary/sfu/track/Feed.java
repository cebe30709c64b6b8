package io.tributary.sfu.track;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.rtp.RtpPacket;

/// The half that a published and a mirrored track share: remembers a packet, says what everybody wants to know of
/// it, and feeds it to the fanout.
///
/// @param <S> whom the track may feed
final class Feed<S extends TrackSink> {
    private final TrackSpec spec;
    private final Fanout<S> fanout = new Fanout<>();
    private final Layer[] layers;
    private final TrackPacket packet = new TrackPacket();

    Feed(TrackSpec spec) {
        this.spec = spec;
        layers = Layer.of(spec);
    }

    TrackSpec spec() {
        return spec;
    }

    Fanout<S> fanout() {
        return fanout;
    }

    Layer layer(int index) {
        return layers[index];
    }

    /// Yields whether a receiver can start at this packet.
    boolean send(long nowMicros, Layer layer, long extendedSeq, RtpPacket rtp) {
        packet.show(rtp, layer, extendedSeq);
        // Padding too: where it came late, its number waited for it, and may be asked for again.
        layer.history().put(extendedSeq, rtp.buffer(), packet.shares());
        if (!packet.padding()) {
            measure(nowMicros, layer, rtp);
        }
        packet.liveLayers(liveLayers(nowMicros));
        fanout.send(nowMicros, packet);
        return packet.keyframeStart();
    }

    /// Of the packet that was sent last.
    FrameFacts facts() {
        return packet.facts();
    }

    private void measure(long nowMicros, Layer layer, RtpPacket rtp) {
        layer.resume();
        layer.meter().onPacket(nowMicros, rtp.timestampTicks());
        layer.frameRates().onPacket(rtp.timestampTicks(), packet.facts().temporalId);
        layer.topLayer().onPacket(packet.facts());
        if (packet.keyframeStart()) {
            layer.keyframes().onKeyframe();
        }
    }

    void close() {
        for (Layer layer : layers) {
            layer.history().clear();
        }
    }

    private int liveLayers(long nowMicros) {
        int live = 0;
        for (Layer layer : layers) {
            if (layer.meter().live(nowMicros)) {
                live |= 1 << layer.index();
            }
        }
        return live;
    }
}
