package io.tributary.sfu.router;

import io.tributary.sfu.track.Layer;
import io.tributary.sfu.track.LocalSink;
import io.tributary.sfu.track.MirroredTrack;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackPacket;
import io.tributary.transport.io.DropCounter;
import java.util.function.Consumer;

/// Carries one track to one other loop: each packet once, however many subscribers it has there. On the origin's loop.
final class MirrorLink implements LocalSink {
    private final MirroredTrack<?> mirror;
    private final LoopLink loopLink;
    private final Router destination;
    private final DropCounter<TrackDrop> drops;
    private final Consumer<MirrorLink> onFailure;

    /// A link that is not in any fanout yet.
    ///
    /// @param mirror belongs to `destination` and is only named here
    MirrorLink(
            MirroredTrack<?> mirror,
            LoopLink loopLink,
            Router destination,
            DropCounter<TrackDrop> drops,
            Consumer<MirrorLink> onFailure) {
        this.mirror = mirror;
        this.loopLink = loopLink;
        this.destination = destination;
        this.drops = drops;
        this.onFailure = onFailure;
    }

    Router destination() {
        return destination;
    }

    MirroredTrack<?> mirror() {
        return mirror;
    }

    @Override
    public void onPacket(long nowMicros, TrackPacket packet) {
        if (!loopLink.offer(mirror, packet.buffer(), MirroredTrack.tag(packet.layer()), packet.extendedSeq())) {
            drops.count(TrackDrop.LOOP_BACKLOG);
        }
    }

    @Override
    public void onSenderReport(long nowMicros, Layer layer) {
        int index = layer.index();
        long ntpTime = layer.clock().ntpTime();
        int timestampTicks = layer.clock().timestampTicks();
        destination.post(() -> mirror.onSenderReport(nowMicros, index, ntpTime, timestampTicks));
    }

    @Override
    public void onLoss(long nowMicros, Layer layer) {
        int index = layer.index();
        destination.post(() -> mirror.onLoss(nowMicros, index));
    }

    @Override
    public void onFailure(Throwable failure) {
        onFailure.accept(this);
    }
}
