package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameShares;
import io.tributary.sfu.track.Layer;
import io.tributary.transport.rtp.RtpPacket;
import org.jspecify.annotations.Nullable;

/// A stretch of an outgoing stream that follows one layer without a break: everything in it is the source's
/// numbers less constant offsets, which is what lets a NACK be turned back into a source packet.
final class Segment {
    @Nullable
    Layer layer;

    int epoch;

    /// Whether it goes on where the segment before it left frames out, or changed what is let through: the same
    /// layer, and the same time line.
    boolean continued;

    /// The highest spatial layer of the stream that is let through: [SpatialSelector].
    int spatialLayer;

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

    /// What codecs count on by themselves, source's less ours, each to be cut to its own width: picture id or
    /// frame number, TL0PICIDX, KEYIDX.
    int pictureOffset;

    int tl0Offset;
    int keyOffset;

    /// The newest picture id the source showed in this stretch, counted on beyond its 7 or 15 bits.
    int newestPicture;

    /// The first source packet that has its place here.
    long firstSourceSeq() {
        return firstSeq + seqOffset;
    }

    /// Whether a packet of these [FrameShares] is let through.
    boolean needs(int shares) {
        return FrameShares.neededFor(shares, spatialLayer, temporalLayer);
    }

    /// Whether a packet of these shares gets the marker: the publisher's own, or because what comes behind it in
    /// its picture is left out.
    boolean marks(RtpPacket packet, int shares) {
        return packet.marker() || FrameShares.endsPictureFor(shares, spatialLayer);
    }

    /// Begins at another layer's, or a returning one's, first packet.
    void begin(Layer itsLayer, int itsSpatialLayer) {
        layer = itsLayer;
        epoch = itsLayer.epoch();
        continued = false;
        spatialLayer = itsSpatialLayer;
        temporalLayer = FrameShares.HIGHEST_TEMPORAL;
    }

    /// Goes on with what `before` had, from `nextSeq` of the outgoing stream on.
    void goOn(Segment before, long nextSeq) {
        layer = before.layer;
        epoch = before.epoch;
        continued = true;
        spatialLayer = before.spatialLayer;
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
