package io.tributary.sfu.forward;

import io.tributary.sfu.track.Layer;
import org.jspecify.annotations.Nullable;

/// A stretch of an outgoing stream that follows one layer without a break: everything in it is the source's numbers
/// less constant offsets, which is what lets a NACK be turned back into a source packet.
final class Segment {
    @Nullable
    Layer layer;

    int epoch;

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
}
