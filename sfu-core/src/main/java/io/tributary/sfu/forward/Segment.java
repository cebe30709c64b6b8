package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameRates;
import io.tributary.sfu.track.Layer;
import org.jspecify.annotations.Nullable;

/// A stretch of an outgoing stream that follows one layer without a break: everything in it is the source's numbers
/// less constant offsets, which is what lets a NACK be turned back into a source packet.
final class Segment {
    @Nullable
    Layer layer;

    int epoch;

    /// Whether it goes on where the segment before it left frames out, or changed its temporal layer: the same layer,
    /// and the same time line.
    boolean continued;

    /// The highest temporal layer that is let through.
    int temporalLayer;

    /// Extended sequence number of its first packet on the outgoing stream.
    long firstSeq;

    /// Whether the number before the first was left out on purpose.
    boolean holeBefore;

    /// Source's extended sequence number less ours.
    long seqOffset;

    /// Source's timestamp less ours, modulo 2^32.
    int timestampOffset;

    /// Source's VP8 picture id, TL0PICIDX and KEYIDX less ours, each to be cut to its own width.
    int pictureOffset;

    int tl0Offset;
    int keyOffset;

    /// The newest picture id the source showed in this stretch, counted on beyond its 7 or 15 bits.
    int newestPicture;

    /// The first source packet that has its place here.
    long firstSourceSeq() {
        return firstSeq + seqOffset;
    }

    /// Begins at another layer's, or a returning one's, first packet.
    void begin(Layer itsLayer) {
        layer = itsLayer;
        epoch = itsLayer.epoch();
        continued = false;
        temporalLayer = FrameRates.HIGHEST_TEMPORAL_LAYER;
    }

    /// Goes on with what `before` had, from `nextSeq` of the outgoing stream on.
    void goOn(Segment before, long nextSeq) {
        layer = before.layer;
        epoch = before.epoch;
        continued = true;
        temporalLayer = before.temporalLayer;
        firstSeq = nextSeq;
        holeBefore = false;
        seqOffset = before.seqOffset;
        timestampOffset = before.timestampOffset;
        pictureOffset = before.pictureOffset;
        tl0Offset = before.tl0Offset;
        keyOffset = before.keyOffset;
        newestPicture = before.newestPicture;
    }
}
