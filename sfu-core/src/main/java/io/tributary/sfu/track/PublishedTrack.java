package io.tributary.sfu.track;

import io.tributary.transport.io.DropCounter;
import io.tributary.transport.peer.IncomingMediaSink;
import io.tributary.transport.peer.IncomingStream;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import org.jspecify.annotations.Nullable;

/// A track that a client of this server publishes, on the client's loop. Its streams are told apart by rid and become
/// layers; it may feed anybody.
public final class PublishedTrack implements TrackSource<TrackSink>, IncomingMediaSink {
    /// How often to call [#onTick].
    public static final long TICK_MICROS = 100_000;

    private final Feed<TrackSink> feed;
    private final ExtensionMap extensions;
    private final TrackEvents events;
    private final DropCounter<TrackDrop> drops;
    private final @Nullable IncomingStream[] streams;
    private final @Nullable AudioMeter audio;
    private final @Nullable PlaintextDetector detector;
    private final boolean hasKeyframes;
    private boolean muted;

    public PublishedTrack(TrackSpec spec, ExtensionMap extensions, TrackEvents events, DropCounter<TrackDrop> drops) {
        this.feed = new Feed<>(spec);
        this.extensions = extensions;
        this.events = events;
        this.drops = drops;
        streams = new @Nullable IncomingStream[spec.layers()];
        detector = PlaintextDetector.worksFor(spec) ? new PlaintextDetector(spec) : null;
        hasKeyframes = spec.codec().kind() == MediaKind.VIDEO;
        audio = hasKeyframes ? null : new AudioMeter(events);
    }

    @Override
    public TrackSpec spec() {
        return feed.spec();
    }

    @Override
    public Fanout<TrackSink> fanout() {
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

    @Override
    public void onStream(long nowMicros, IncomingStream stream) {
        int index = layerOfRid(stream.rid());
        if (index < 0) {
            return; // its packets are counted as they come
        }
        if (streams[index] != null) {
            feed.layer(index).restart();
        }
        streams[index] = stream;
        events.onLayerStarted(index, stream.ssrc());
    }

    @Override
    public void onRtp(long nowMicros, IncomingStream stream, long extendedSeq, RtpPacket packet) {
        int index = layerOf(stream);
        if (index < 0) {
            drops.count(TrackDrop.UNKNOWN_LAYER);
            return;
        }
        Layer layer = feed.layer(index);
        if (muted) {
            layer.interrupt();
            drops.count(TrackDrop.MUTED);
            return;
        }
        if (audio != null && packet.payloadLength() > 0) {
            audio.onPacket(nowMicros, packet);
        }
        boolean startsAnew = feed.send(nowMicros, layer, extendedSeq, packet);
        if (detector != null && detector.alarms(index, packet, feed.facts())) {
            events.onPlaintext();
        }
        if (startsAnew && hasKeyframes) {
            stream.forgetBefore(extendedSeq);
        }
        if (layer.keyframes().due(nowMicros)) {
            stream.requestKeyframe(nowMicros);
        }
    }

    /// Only those who follow the layer ask for a key frame then, instead of waiting until their decoders notice.
    @Override
    public void onLoss(long nowMicros, IncomingStream stream) {
        int index = layerOf(stream);
        if (index >= 0 && hasKeyframes) {
            feed.fanout().sendLoss(nowMicros, feed.layer(index));
        }
    }

    @Override
    public void onSenderReport(long nowMicros, IncomingStream stream, long ntpTime, int rtpTimestampTicks) {
        int index = layerOf(stream);
        if (index >= 0) {
            Layer layer = feed.layer(index);
            layer.clock().onSenderReport(nowMicros, ntpTime, rtpTimestampTicks);
            feed.fanout().sendSenderReport(nowMicros, layer);
        }
    }

    /// Whether packets are let through: false while the publisher has muted the track.
    public void muted(boolean nowMuted) {
        muted = nowMuted;
    }

    @Override
    public void requestKeyframe(int layer, long nowMicros) {
        IncomingStream stream = streams[layer];
        if (stream != null && feed.layer(layer).keyframes().request(nowMicros)) {
            stream.requestKeyframe(nowMicros);
        }
    }

    /// What happens without a packet: a key frame request is due, a level interval is over.
    public void onTick(long nowMicros) {
        for (int i = 0; i < streams.length; i++) {
            IncomingStream stream = streams[i];
            if (stream != null && feed.layer(i).keyframes().due(nowMicros)) {
                stream.requestKeyframe(nowMicros);
            }
        }
        if (audio != null) {
            audio.onTick(nowMicros);
        }
    }

    /// Gives all buffers back. Nothing may be fed in afterwards.
    public void close() {
        feed.close();
    }

    private int layerOf(IncomingStream stream) {
        for (int i = 0; i < streams.length; i++) {
            if (streams[i] == stream) {
                return i;
            }
        }
        return -1;
    }

    private int layerOfRid(String rid) {
        return feed.spec().layers() == 1 ? 0 : feed.spec().ridsLowToHigh().indexOf(rid);
    }
}
