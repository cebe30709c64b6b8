package io.tributary.sfu.forward;

import io.tributary.sfu.track.Layer;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.LocalSink;
import io.tributary.sfu.track.TrackPacket;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSource;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.peer.OutgoingFeedback;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.peer.OutgoingStream;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One track on its way to one subscriber: selects a layer, rewrites it to a continuous stream, and answers what
/// the subscriber says about it. The frames' bytes pass untouched. On the subscriber's loop.
public final class SubscriberForwarder implements LocalSink, OutgoingFeedback {
    private final TrackSource<? super LocalSink> source;
    private final DropCounter<ForwardDrop> drops;
    private final Consumer<Throwable> onFailure;
    private final LayerSelector selector;
    private final SpatialSelector spatial;
    private final HeaderRewriter rewriter;
    private final PayloadRewriter payload;
    private final OutgoingHeader header;
    private final OutgoingStream out;
    private final ResendBudget budget;

    /// Null for audio, which has none.
    private final @Nullable KeyframeAllowance keyframes;

    private @Nullable Repeating repeating;
    private boolean connected;
    private boolean closed;
    private int liveLayers;
    private int maxFps;

    /// A forwarder whose stream exists and carries nothing before [#onConnected].
    ///
    /// @param open makes the stream to the subscriber, whose feedback comes here
    /// @param budget of the subscriber, for all its streams
    /// @param onFailure told of a bug in here; the subscriber's connection is not to be trusted any more
    public SubscriberForwarder(
            TrackSource<? super LocalSink> source,
            LayerDemand demand,
            Function<OutgoingFeedback, OutgoingStream> open,
            ResendBudget budget,
            DropCounter<ForwardDrop> drops,
            Consumer<Throwable> onFailure) {
        this.source = source;
        this.budget = budget;
        this.drops = drops;
        this.onFailure = onFailure;
        Codec codec = source.spec().codec();
        selector = new LayerSelector(source.spec().layers(), demand);
        spatial = SpatialSelector.of(source.spec().scalable(), demand);
        maxFps = demand.maxFps();
        boolean video = codec.kind() == MediaKind.VIDEO;
        rewriter = new HeaderRewriter(codec.clockRateHz(), video);
        keyframes = video ? new KeyframeAllowance() : null;
        payload = PayloadRewriter.of(codec);
        out = open.apply(this);
        header = out.header();
        source.fanout().add(this);
    }

    public TrackSid track() {
        return source.spec().sid();
    }

    /// The subscriber's connection is secured. Nothing was spent on it before, so the stream begins at a key
    /// frame.
    public void onConnected(long nowMicros) {
        connected = true;
        askForKeyframe(nowMicros);
    }

    /// Nothing wanted stops at once; another layer begins or goes on at its next key frame. Fewer frames are sent
    /// from the next one on, more from the next that allows it.
    public void demand(long nowMicros, LayerDemand demand) {
        selector.demand(demand);
        spatial.demand(demand);
        maxFps = demand.maxFps();
        askForKeyframe(nowMicros);
    }

    @Override
    public void onPacket(long nowMicros, TrackPacket packet) {
        if (closed) {
            return;
        }
        if (!connected) {
            drops.count(ForwardDrop.NOT_CONNECTED);
            return;
        }
        Layer layer = packet.layer();
        liveLayers = packet.liveLayers();
        if (packet.padding()) {
            skip(nowMicros, packet);
            return;
        }
        switch (selector.select(layer.index(), layer.epoch(), packet.mayStart(), liveLayers)) {
            case FORWARD -> forward(nowMicros, packet);
            case SWITCH -> switchTo(nowMicros, packet);
            case DROP_PAUSED -> drops.count(ForwardDrop.PAUSED);
            case DROP_OTHER_LAYER -> drops.count(ForwardDrop.OTHER_LAYER);
            case DROP_AWAITING_KEYFRAME -> drops.count(ForwardDrop.AWAITING_KEYFRAME);
        }
        askForKeyframe(nowMicros);
    }

    @Override
    public void onSenderReport(long nowMicros, Layer layer) {
        if (!closed
                && connected
                && layer.index() == selector.following()
                && rewriter.current().epoch == layer.epoch()) {
            int timestampTicks = rewriter.mapTimestamp(layer.clock().timestampTicks());
            out.sendSenderReport(nowMicros, layer.clock().ntpTime(), timestampTicks);
        }
    }

    @Override
    public void onLoss(long nowMicros, Layer layer) {
        if (!closed && connected && layer.index() == selector.following()) {
            source.requestKeyframe(layer.index(), nowMicros);
        }
    }

    @Override
    public void onFailure(Throwable failure) {
        onFailure.accept(failure);
    }

    /// Answers from the source's history: the packet as it was sent first, from the layer that was followed then.
    @Override
    public void onNack(long nowMicros, int seq) {
        if (closed) {
            return;
        }
        Segment segment = rewriter.segmentOf(seq);
        Layer layer = segment == null ? null : segment.layer;
        if (segment == null || layer == null || layer.epoch() != segment.epoch) {
            drops.count(ForwardDrop.NACK_UNKNOWN);
            return;
        }
        long extendedSeq = rewriter.reverse(segment, seq);
        PacketBuffer buffer = layer.history().get(extendedSeq);
        RtpPacket resent = repeating().packet;
        if (buffer == null || !resent.wrap(buffer, source.extensions())) {
            drops.count(ForwardDrop.NACK_MISSING);
            return;
        }
        if (!budget.covers(resent.sizeBytes())) {
            drops.count(ForwardDrop.NACK_OVER_BUDGET);
            return;
        }
        if (!repeating().limit.allow(nowMicros, seq, out.roundTripMicros())) {
            drops.count(ForwardDrop.NACK_LIMITED);
            return;
        }
        budget.spend(resent.sizeBytes());
        int shares = layer.history().shares(extendedSeq);
        if (segment.needs(shares)) {
            boolean marker = segment.marks(resent, shares);
            rewriter.place(segment, extendedSeq, resent.timestampTicks(), marker, header);
            payload.repeat(segment, resent, header);
        } else {
            rewriter.place(segment, extendedSeq, resent.timestampTicks(), false, header);
            replaceAll(resent);
        }
        out.resend(nowMicros, resent, header);
    }

    /// The subscriber lost the thread: a key frame of what it gets, or should get.
    @Override
    public void onKeyframeRequest(long nowMicros) {
        KeyframeAllowance allowance = keyframes;
        if (closed || !connected || allowance == null) {
            return;
        }
        int layer = selector.following() >= 0 ? selector.following() : selector.wanted(liveLayers);
        if (layer >= 0 && allowance.onLoss(nowMicros)) {
            source.requestKeyframe(layer, nowMicros);
        } else if (layer >= 0) {
            drops.count(ForwardDrop.KEYFRAME_LIMITED);
        }
    }

    /// Ends the stream. What is still under way to this sink is ignored.
    public void close() {
        closed = true;
        source.fanout().remove(this);
        out.close();
    }

    private Repeating repeating() {
        Repeating present = repeating;
        if (present == null) {
            present = new Repeating();
            repeating = present;
        }
        return present;
    }

    private void switchTo(long nowMicros, TrackPacket packet) {
        RtpPacket rtp = packet.rtp();
        Layer layer = packet.layer();
        Segment segment = rewriter.begin(nowMicros, layer, packet.extendedSeq(), rtp.timestampTicks());
        payload.begin(segment, packet.facts());
        if (packet.facts().keyframeHidden && keyframes != null && keyframes.onSwitch(nowMicros, layer.index())) {
            // It may be any frame. The receiver can open it, and waits for one that it can begin with.
            source.requestKeyframe(layer.index(), nowMicros);
        }
        forward(nowMicros, packet);
        if (layer.clock().known()) {
            // Receivers keep lip sync by sender reports, and this segment's time line may lie elsewhere than the
            // last one's: say so now, not when the publisher reports next.
            int timestampTicks = rewriter.mapTimestamp(layer.clock().timestampTicksAt(nowMicros));
            out.sendSenderReport(nowMicros, layer.clock().ntpTimeAt(nowMicros), timestampTicks);
        }
    }

    /// A packet of the layer that is followed. What is left out of it is decided where a picture begins, and for
    /// packets that come late by the segment they belong to.
    private void forward(long nowMicros, TrackPacket packet) {
        long extendedSeq = packet.extendedSeq();
        boolean newest = rewriter.newest(extendedSeq);
        if (newest && rewriter.beginsPicture(packet.rtp().timestampTicks())) {
            limit(packet);
        }
        Segment segment = newest ? rewriter.current() : rewriter.segmentOfSource(extendedSeq);
        if (segment == null) {
            drops.count(ForwardDrop.STALE);
        } else if (newest && !segment.needs(packet.shares())) {
            leaveOut(segment, packet);
        } else if (newest || isOf(segment, packet)) {
            send(nowMicros, segment, packet);
        } else {
            drops.count(ForwardDrop.LEFT_OUT);
            spatial.leftOut(packet.shares(), segment.spatialLayer, segment.temporalLayer);
            fill(nowMicros, segment, packet);
        }
    }

    /// Whether a late packet is part of what was let through around it.
    private boolean isOf(Segment segment, TrackPacket packet) {
        return segment.needs(packet.shares())
                && !spatial.isCutOff(packet.extendedSeq(), segment.spatialLayer, packet.facts());
    }

    /// Decides by the first packet of a picture. Where another one came in its place, that can only say that what
    /// was let through so far is gone.
    private void limit(TrackPacket packet) {
        Segment current = rewriter.current();
        Layer layer = packet.layer();
        FrameFacts facts = packet.facts();
        if (facts.startsFrame && facts.spatialId == 0) {
            int highest = spatial.select(
                    packet.extendedSeq(),
                    current.spatialLayer,
                    facts,
                    layer.topLayer().top());
            int fastest = TemporalSelector.select(maxFps, current.temporalLayer, highest, facts, layer.frameRates());
            rewriter.limit(packet.extendedSeq(), highest, fastest);
        } else if (spatial.isGone(current.spatialLayer, facts)) {
            rewriter.limit(packet.extendedSeq(), SpatialSelector.NOTHING, current.temporalLayer);
        }
    }

    private void send(long nowMicros, Segment segment, TrackPacket packet) {
        RtpPacket rtp = packet.rtp();
        if (packet.mayStart() && keyframes != null) {
            keyframes.onKeyframe();
        }
        boolean marker = segment.marks(rtp, packet.shares());
        rewriter.rewrite(nowMicros, segment, packet.extendedSeq(), rtp.timestampTicks(), marker, header);
        payload.rewrite(segment, rtp, packet.facts(), header);
        budget.onSent(rtp.sizeBytes());
        out.send(nowMicros, rtp, header);
    }

    private void leaveOut(Segment segment, TrackPacket packet) {
        drops.count(ForwardDrop.LEFT_OUT);
        spatial.leftOut(packet.shares(), segment.spatialLayer, segment.temporalLayer);
        int timestampTicks = packet.rtp().timestampTicks();
        if (rewriter.leaveOut(packet.extendedSeq(), timestampTicks, packet.facts().spatialId)) {
            payload.leaveOut(rewriter.current(), packet.facts());
        }
    }

    /// The publisher spent a number on nothing. The subscriber would take it for a loss.
    private void skip(long nowMicros, TrackPacket packet) {
        Layer layer = packet.layer();
        if (layer.index() != selector.following() || rewriter.current().epoch != layer.epoch()) {
            return;
        }
        long extendedSeq = packet.extendedSeq();
        if (rewriter.newest(extendedSeq)) {
            rewriter.skip(extendedSeq);
            return;
        }
        Segment segment = rewriter.segmentOfSource(extendedSeq);
        if (segment != null) {
            fill(nowMicros, segment, packet);
        }
    }

    /// Its number was kept for it while nobody knew what it was: it goes out empty, which receivers take for
    /// padding.
    private void fill(long nowMicros, Segment segment, TrackPacket packet) {
        RtpPacket rtp = packet.rtp();
        rewriter.fill(nowMicros, segment, packet.extendedSeq(), rtp.timestampTicks(), header);
        replaceAll(rtp);
        out.send(nowMicros, rtp, header);
    }

    private void replaceAll(RtpPacket rtp) {
        header.replaceNothing();
        header.replacedBytes = rtp.payloadLength();
    }

    private void askForKeyframe(long nowMicros) {
        KeyframeAllowance allowance = keyframes;
        if (connected && !closed && allowance != null) {
            int layer = selector.wanted(liveLayers);
            if (layer < 0 && spatial.selects() && wantsOtherPictures()) {
                layer = selector.following();
            }
            if (layer >= 0 && allowance.onSwitch(nowMicros, layer)) {
                source.requestKeyframe(layer, nowMicros);
            }
        }
    }

    /// Whether spatial layers of the stream that is followed are to come or go that only a key picture can change.
    private boolean wantsOtherPictures() {
        int layer = selector.following();
        return layer >= 0
                && spatial.wantsKeyframe(
                        rewriter.current().spatialLayer,
                        source.layer(layer).topLayer().top());
    }

    /// What it takes to answer a NACK. Most subscriptions never lose anything: made when first needed.
    private static final class Repeating {
        final RtpPacket packet = new RtpPacket();
        final ResendLimit limit = new ResendLimit();
    }
}
