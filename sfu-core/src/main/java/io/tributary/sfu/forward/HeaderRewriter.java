package io.tributary.sfu.forward;

import io.tributary.sfu.track.Layer;
import io.tributary.sfu.track.SenderClock;
import io.tributary.transport.peer.OutgoingHeader;
import org.jspecify.annotations.Nullable;

/// Makes one continuous RTP stream of whatever a [LayerSelector] lets through: sequence numbers without gaps of our
/// making, timestamps on one time line. Its memory is a ring of [Segment]s, one for each start, switch and return.
///
/// Within a segment losses and reordering of the source show unchanged: they are the receiver's to ask about. A new
/// segment goes on with the next number, or leaves one out when the last frame was cut short: the receiver then sees
/// that it lost something, instead of gluing two halves together.
public final class HeaderRewriter {
    /// Segments that NACKs still find their way back through. Switches are seconds apart, NACKs are younger than one.
    static final int SEGMENTS = 16;

    /// How far the publisher's clock may disagree with ours about the time since the last packet. Beyond that its time
    /// line broke (a restarted encoder, a wrong sender report) and ours is used.
    static final long MAX_DISAGREEMENT_MICROS = 2_000_000;

    /// RFC 3711 §3.3.1: a stream that begins in the lower half cannot lose its roll-over counter with its first packet.
    private static final int FIRST_SEQ_MASK = 0x3FFF;

    private final int clockRateHz;

    /// Whether a frame may span packets and the marker ends it: video.
    private final boolean framed;

    private final Segment[] ring = new Segment[SEGMENTS];
    private int segments;

    private long lastSeq;
    private boolean lastMarker;
    private long lastMicros;

    /// Newest timestamp sent, counted on beyond 32 bits.
    private long lastTimestamp;

    /// Publisher's wall clock in ticks less our time line: set once, so that switches do not add up their rounding.
    private boolean anchored;

    private long anchorTicks;

    public HeaderRewriter(int clockRateHz, boolean framed) {
        this.clockRateHz = clockRateHz;
        this.framed = framed;
        for (int i = 0; i < SEGMENTS; i++) {
            ring[i] = new Segment();
        }
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
        } else {
            hole = framed && !lastMarker;
            firstSeq = lastSeq + (hole ? 2 : 1);
            timestamp = continuedTimestamp(nowMicros, layer, timestampTicks);
        }
        Segment segment = ring[segments % SEGMENTS];
        segments++;
        segment.layer = layer;
        segment.epoch = layer.epoch();
        segment.firstSeq = firstSeq;
        segment.holeBefore = hole;
        segment.seqOffset = extendedSeq - firstSeq;
        segment.timestampOffset = timestampTicks - (int) timestamp;
        lastSeq = firstSeq - 1;
        return segment;
    }

    /// Fills `header` for a packet of the current segment.
    ///
    /// @return false when the packet belongs before the segment's beginning and has no place in the stream
    boolean rewrite(long nowMicros, long extendedSeq, int timestampTicks, boolean marker, OutgoingHeader header) {
        Segment segment = current();
        long seq = extendedSeq - segment.seqOffset;
        if (seq < segment.firstSeq) {
            return false;
        }
        place(segment, extendedSeq, timestampTicks, marker, header);
        if (seq > lastSeq) {
            lastSeq = seq;
            lastMarker = marker;
            lastMicros = nowMicros;
            lastTimestamp = Math.max(lastTimestamp, nearest(lastTimestamp, header.timestampTicks));
        }
        return true;
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
        int oldest = Math.max(0, segments - SEGMENTS);
        for (int i = segments - 1; i >= oldest; i--) {
            Segment segment = ring[i % SEGMENTS];
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
        return ring[(segments - 1) % SEGMENTS];
    }

    /// `layer`'s timestamp on the outgoing time line, by the current segment.
    int mapTimestamp(int timestampTicks) {
        return timestampTicks - current().timestampOffset;
    }

    /// Where a new segment's first timestamp falls, always after the last one sent. The same layer goes on by its own
    /// clock, another one is compared by sender reports; without them, time on the wire has to do.
    private long continuedTimestamp(long nowMicros, Layer layer, int timestampTicks) {
        Segment last = current();
        long elapsedTicks = Math.max(0, nowMicros - lastMicros) * clockRateHz / 1_000_000;
        long expected = lastTimestamp + elapsedTicks;
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

    private long extend(int seq) {
        return lastSeq + (short) (seq - (int) lastSeq);
    }
}
