package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameShares;
import io.tributary.sfu.track.Layer;
import io.tributary.sfu.track.SenderClock;
import io.tributary.transport.peer.OutgoingHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes one continuous RTP stream of whatever a [LayerSelector] lets through: sequence numbers without gaps of
/// our making, timestamps on one time line. Its memory is a ring of [Segment]s, one for each start, switch and
/// return, and one for what follows each frame that was left out of the layer.
///
/// Within a segment losses and reordering of the source show unchanged: they are the receiver's to ask about. A
/// layer's first segment goes on with the next number, or leaves one out when the last frame was cut short: the
/// receiver then sees that it lost something, instead of gluing two halves together.
///
/// ```
/// source   10 11 [12 13] 14  ·  [16] 17        [ ] left out   · lost: nobody knows whose it was,
/// ours     50 51         52  53      54            so its number waits for it
/// ```
public final class HeaderRewriter {
    /// Segments that NACKs still find their way back through, a power of two. Switches are seconds apart, but
    /// where every other frame of 60 a second is left out, 30 segments begin in each: this is four seconds then.
    static final int SEGMENTS = 128;

    /// How far the publisher's clock may disagree with ours about the time since the last packet. Beyond that its
    /// time line broke (a restarted encoder, a wrong sender report) and ours is used.
    static final long MAX_DISAGREEMENT_MICROS = 2_000_000;

    /// RFC 3711 §3.3.1: a stream that begins in the lower half cannot lose its roll-over counter with its first
    /// packet.
    private static final int FIRST_SEQ_MASK = 0x3FFF;

    private final int clockRateHz;

    /// Whether a frame may span packets and the marker ends it: video.
    private final boolean framed;

    /// Grows to [#SEGMENTS] as needed, a power of two. Null while there is but [#first]: most streams never leave a
    /// frame out, and begin once.
    private @Nullable Segment @Nullable [] ring;

    private final Segment first = new Segment();
    private long segments;

    /// Newest source packet since the layer was entered, let through or left out.
    private long newestSourceSeq;

    private int newestSourceTicks;
    private boolean newestLeftOut;

    /// Of the newest frame that was left out.
    private int leftOutSpatialId;

    private long lastSeq;
    private boolean lastMarker;
    private long lastMicros;

    /// Newest timestamp sent, counted on beyond 32 bits.
    private long lastTimestamp;

    /// Publisher's wall clock in ticks less our time line: set once, so that switches do not add up their
    /// rounding.
    private boolean anchored;

    private long anchorTicks;

    public HeaderRewriter(int clockRateHz, boolean framed) {
        this.clockRateHz = clockRateHz;
        this.framed = framed;
    }

    /// Begins a segment with the packet that [#rewrite] will be given next.
    Segment begin(long nowMicros, Layer layer, long extendedSeq, int timestampTicks) {
        long firstSeq;
        long timestamp;
        boolean hole = false;
        if (segments == 0) {
            firstSeq = extendedSeq & FIRST_SEQ_MASK;
            timestamp = timestampTicks;
            lastTimestamp = timestamp;
            lastMicros = nowMicros;
        } else {
            hole = framed && !lastMarker;
            firstSeq = lastSeq + (hole ? 2 : 1);
            timestamp = continuedTimestamp(nowMicros, layer, timestampTicks);
        }
        Segment segment = next();
        segment.begin(layer, framed ? SpatialSelector.NOTHING : FrameShares.EVERY_SPATIAL);
        segment.firstSeq = firstSeq;
        segment.holeBefore = hole;
        segment.seqOffset = extendedSeq - firstSeq;
        segment.timestampOffset = timestampTicks - (int) timestamp;
        lastSeq = firstSeq - 1;
        newestSourceSeq = extendedSeq - 1;
        newestSourceTicks = timestampTicks - 1;
        newestLeftOut = false;
        return segment;
    }

    /// Whether nothing behind this source packet was seen yet. Only then may it change what is left out.
    boolean newest(long extendedSeq) {
        return extendedSeq > newestSourceSeq;
    }

    /// Whether the newest source packet with this timestamp is the first of its picture that came. Audio has none.
    boolean beginsPicture(int timestampTicks) {
        return framed && timestampTicks != newestSourceTicks;
    }

    /// From the source packet `extendedSeq`, the newest, on other layers are the highest let through.
    void limit(long extendedSeq, int spatialLayer, int temporalLayer) {
        Segment segment = current();
        if (temporalLayer != segment.temporalLayer || spatialLayer != segment.spatialLayer) {
            if (segment.firstSourceSeq() != extendedSeq) {
                segment = next();
                segment.goOn(before(), extendedSeq - before().seqOffset);
            }
            segment.spatialLayer = spatialLayer;
            segment.temporalLayer = temporalLayer;
        }
    }

    /// Leaves the newest packet out: later ones move up. What was lost between two packets of its frame goes with
    /// it.
    ///
    /// @param spatialId of its frame
    /// @return whether it is the first of its frame to be left out
    boolean leaveOut(long extendedSeq, int timestampTicks, int spatialId) {
        boolean sameFrame = newestLeftOut && timestampTicks == newestSourceTicks && spatialId == leftOutSpatialId;
        long from = sameFrame ? newestSourceSeq + 1 : extendedSeq;
        Segment segment = current();
        if (segment.firstSourceSeq() != from) {
            segment = next();
            segment.goOn(before(), from - before().seqOffset);
        }
        segment.seqOffset += extendedSeq + 1 - from;
        newestSourceSeq = extendedSeq;
        newestSourceTicks = timestampTicks;
        newestLeftOut = true;
        leftOutSpatialId = spatialId;
        return !sameFrame;
    }

    /// Leaves the newest packet out, which is of no frame: later ones move up. What was lost before it keeps its
    /// numbers.
    void skip(long extendedSeq) {
        Segment segment = current();
        if (segment.firstSourceSeq() != extendedSeq) {
            segment = next();
            segment.goOn(before(), extendedSeq - before().seqOffset);
        }
        segment.seqOffset++;
        newestSourceSeq = extendedSeq;
        newestLeftOut = false;
    }

    /// The segment of the layer being followed that a source packet has its place in. Null when that is before the
    /// layer was entered, too long ago, or among what was left out.
    @Nullable
    Segment segmentOfSource(long extendedSeq) {
        long end = Long.MAX_VALUE;
        for (long i = segments - 1; i >= oldest(); i--) {
            Segment segment = at(i);
            if (extendedSeq >= segment.firstSourceSeq()) {
                return extendedSeq - segment.seqOffset < end ? segment : null;
            }
            if (!segment.continued) {
                return null;
            }
            end = segment.firstSeq;
        }
        return null;
    }

    /// Fills `header` for a packet that is sent for the first time, in `segment`.
    void rewrite(
            long nowMicros,
            Segment segment,
            long extendedSeq,
            int timestampTicks,
            boolean marker,
            OutgoingHeader header) {
        place(segment, extendedSeq, timestampTicks, marker, header);
        if (extendedSeq > newestSourceSeq) {
            newestSourceSeq = extendedSeq;
            newestSourceTicks = timestampTicks;
            newestLeftOut = false;
        }
        if (advance(nowMicros, extendedSeq - segment.seqOffset, header.timestampTicks)) {
            lastMarker = marker;
        }
    }

    /// Fills `header` for a late packet of a frame that was left out, whose number waited for it: nothing of the
    /// frame may go there, but something must, or the receiver would go on asking.
    void fill(long nowMicros, Segment segment, long extendedSeq, int timestampTicks, OutgoingHeader header) {
        place(segment, extendedSeq, timestampTicks, false, header);
        advance(nowMicros, extendedSeq - segment.seqOffset, header.timestampTicks);
    }

    /// Fills `header` as [#rewrite] did when the packet was first sent in `segment`.
    void place(Segment segment, long extendedSeq, int timestampTicks, boolean marker, OutgoingHeader header) {
        header.seq = (int) (extendedSeq - segment.seqOffset) & 0xFFFF;
        header.timestampTicks = timestampTicks - segment.timestampOffset;
        header.marker = marker;
    }

    /// The segment that `seq` (16 bits, ours) was sent in, or null when it was not, or too long ago.
    @Nullable
    Segment segmentOf(int seq) {
        if (segments == 0) {
            return null;
        }
        long extended = extend(seq);
        if (extended > lastSeq) {
            return null;
        }
        for (long i = segments - 1; i >= oldest(); i--) {
            Segment segment = at(i);
            if (extended >= segment.firstSeq) {
                return segment;
            }
            if (segment.holeBefore && extended == segment.firstSeq - 1) {
                return null;
            }
        }
        return null;
    }

    /// The source's extended number of `seq`, which [#segmentOf] found in `segment`.
    long reverse(Segment segment, int seq) {
        return extend(seq) + segment.seqOffset;
    }

    /// The segment being sent. There must be one.
    Segment current() {
        if (segments == 0) {
            throw new IllegalStateException("a packet was forwarded before the stream began");
        }
        return at(segments - 1);
    }

    /// `layer`'s timestamp on the outgoing time line, by the current segment.
    int mapTimestamp(int timestampTicks) {
        return timestampTicks - current().timestampOffset;
    }

    private boolean advance(long nowMicros, long seq, int timestampTicks) {
        boolean ahead = seq > lastSeq;
        if (ahead) {
            lastSeq = seq;
            // Counted on from where it should be by now: half the range of a timestamp is six and a half hours of
            // video.
            lastTimestamp = Math.max(lastTimestamp, nearest(expectedTimestamp(nowMicros), timestampTicks));
            lastMicros = nowMicros;
        }
        return ahead;
    }

    /// Where a new segment's first timestamp falls, always after the last one sent. The same layer goes on by its
    /// own clock, another one is compared by sender reports; without them, time on the wire has to do.
    private long continuedTimestamp(long nowMicros, Layer layer, int timestampTicks) {
        Segment last = current();
        long expected = expectedTimestamp(nowMicros);
        anchor(last);
        long timestamp = expected;
        if (layer == last.layer) {
            timestamp = nearest(expected, timestampTicks - last.timestampOffset);
        } else if (anchored && layer.clock().known()) {
            timestamp = nearest(expected, (int) (layer.clock().wallTicks(timestampTicks) - anchorTicks));
        }
        long disagreementTicks = Math.abs(timestamp - expected);
        if (disagreementTicks > MAX_DISAGREEMENT_MICROS * clockRateHz / 1_000_000) {
            timestamp = expected;
            anchored = false;
        }
        return Math.max(timestamp, lastTimestamp + 1);
    }

    private long expectedTimestamp(long nowMicros) {
        return lastTimestamp + Math.max(0, nowMicros - lastMicros) * clockRateHz / 1_000_000;
    }

    private void anchor(Segment last) {
        Layer layer = last.layer;
        if (!anchored
                && layer != null
                && layer.epoch() == last.epoch
                && layer.clock().known()) {
            SenderClock clock = layer.clock();
            int ours = clock.timestampTicks() - last.timestampOffset;
            anchorTicks = clock.wallTicks(clock.timestampTicks()) - nearest(lastTimestamp, ours);
            anchored = true;
        }
    }

    /// The 64-bit count closest to `reference` whose lower half is `ticks`.
    private static long nearest(long reference, int ticks) {
        return reference + (ticks - (int) reference);
    }

    /// The segment that is to become the current one.
    private Segment next() {
        long index = segments++;
        if (index == 0) {
            return first;
        }
        @Nullable Segment[] slots = slots(index);
        int slot = (int) (index & (slots.length - 1));
        Segment segment = slots[slot];
        if (segment == null) {
            segment = new Segment();
            slots[slot] = segment;
        }
        return segment;
    }

    /// The ring, with a slot for the segment `index`.
    private @Nullable Segment[] slots(long index) {
        @Nullable Segment[] slots = ring;
        if (slots == null) {
            slots = new @Nullable Segment[] {first, null};
            ring = slots;
        } else if (index == slots.length && index < SEGMENTS) {
            slots = Arrays.copyOf(slots, 2 * slots.length); // never went round so far: all stay in their places
            ring = slots;
        }
        return slots;
    }

    /// The segment before the current one.
    private Segment before() {
        return at(segments - 2);
    }

    private Segment at(long index) {
        @Nullable Segment[] slots = ring;
        Segment segment = slots == null ? first : slots[(int) (index & (slots.length - 1))];
        if (segment == null) {
            throw new IllegalStateException("segment " + index + " of " + segments + " was never begun");
        }
        return segment;
    }

    private long oldest() {
        return Math.max(0, segments - SEGMENTS);
    }

    private long extend(int seq) {
        return lastSeq + (short) (seq - (int) lastSeq);
    }
}
