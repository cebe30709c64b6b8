package io.tributary.sfu.track;

import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.RtpPacket;

/// A track whose origin lives on another loop of this server. The bytes are the origin's, held by reference and only
/// read; everything else (history, meters, fanout) is this loop's own.
///
/// @param <S> whom the origin may feed
public final class MirroredTrack<S extends TrackSink> implements TrackSource<S> {
    /// Requests closer together than this are not passed on. Whoever still wants a key frame asks again with the next
    /// packet, and the origin merges and throttles.
    static final long REQUEST_INTERVAL_MICROS = 50_000;

    private static final int LAYER_BITS = Integer.SIZE - Layer.EPOCH_BITS;
    private static final int LAYER_MASK = (1 << LAYER_BITS) - 1;

    private final Feed<S> feed;
    private final ExtensionMap extensions;
    private final KeyframeRequests origin;
    private final DropCounter<TrackDrop> drops;
    private final RtpPacket rtp = new RtpPacket();
    private final long[] askedMicros;
    private final boolean[] everAsked;
    private boolean closed;

    /// Where key frame requests go, on this loop.
    public interface KeyframeRequests {
        void requestKeyframe(int layer);
    }

    public MirroredTrack(
            TrackSpec spec, ExtensionMap extensions, KeyframeRequests origin, DropCounter<TrackDrop> drops) {
        this.feed = new Feed<>(spec);
        this.extensions = extensions;
        this.origin = origin;
        this.drops = drops;
        askedMicros = new long[spec.layers()];
        everAsked = new boolean[spec.layers()];
    }

    @Override
    public TrackSpec spec() {
        return feed.spec();
    }

    @Override
    public Fanout<S> fanout() {
        return feed.fanout();
    }

    @Override
    public Layer layer(int index) {
        return feed.layer(index);
    }

    @Override
    public ExtensionMap extensions() {
        return extensions;
    }

    /// What the origin tells a mirror of a packet besides its number: layer and epoch in one int.
    public static int tag(Layer layer) {
        return (layer.epoch() << LAYER_BITS) | layer.index();
    }

    /// One packet from the origin, lent; `tag` as [#tag] made it there. After [#close] it is ignored: the ring still
    /// holds what was sent before.
    public void onPacket(long nowMicros, PacketBuffer buffer, int tag, long extendedSeq) {
        if (closed) {
            return;
        }
        Layer layer = feed.layer(tag & LAYER_MASK);
        layer.follow(tag >> LAYER_BITS);
        if (!rtp.wrap(buffer, extensions)) {
            drops.count(TrackDrop.UNREADABLE);
            return;
        }
        feed.send(nowMicros, layer, extendedSeq, rtp);
    }

    /// The origin's layer was told a sender report.
    public void onSenderReport(long nowMicros, int layer, long ntpTime, int rtpTimestampTicks) {
        if (!closed) {
            feed.layer(layer).clock().onSenderReport(nowMicros, ntpTime, rtpTimestampTicks);
            feed.fanout().sendSenderReport(nowMicros, feed.layer(layer));
        }
    }

    /// The origin misses packets of a layer for good.
    public void onLoss(long nowMicros, int layer) {
        if (!closed) {
            feed.fanout().sendLoss(nowMicros, feed.layer(layer));
        }
    }

    @Override
    public void requestKeyframe(int layer, long nowMicros) {
        if (!everAsked[layer] || nowMicros - askedMicros[layer] >= REQUEST_INTERVAL_MICROS) {
            everAsked[layer] = true;
            askedMicros[layer] = nowMicros;
            origin.requestKeyframe(layer);
        }
    }

    /// Gives all buffers back.
    public void close() {
        closed = true;
        feed.close();
    }
}
