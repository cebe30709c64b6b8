package io.tributary.load.media;

import org.HdrHistogram.Histogram;

/// What all subscribers together have received, and what was wrong with it. Written on the loop, read there too.
public final class Tally {
    private static final long LONGEST_NANOS = 60_000_000_000L;

    /// Media packets, opened or not.
    public long received;

    /// Bytes of the RTP packets, without SRTP tag, UDP and IP.
    public long bytes;

    /// Packets whose tag and payload were checked.
    public long checked;

    /// Sequence numbers that were passed over and have not come since.
    public long missing;

    /// Packets that came after a later one.
    public long late;

    public long duplicates;

    /// Packets or frames that decrypted and yet are not what was sent.
    public long corrupt;

    /// Packets that did not decrypt.
    public long refused;

    /// Frames that were encrypted end to end, came whole and opened as what was sent.
    public long frames;

    /// Frames that came whole and did not open: another key, or changed on the way.
    public long sealed;

    /// Packets that carry nothing, sent by a server that probes.
    public long padding;

    public long keyframes;

    /// Packets on an SSRC that no description named.
    public long unknown;

    /// From the publisher's system call to the kernel's stamp at the subscriber's socket, in nanoseconds.
    public final Histogram latency = new Histogram(LONGEST_NANOS, 3);

    void latency(long nanos) {
        latency.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    /// A copy, histogram included.
    public Tally copy() {
        Tally copy = new Tally();
        copy.add(this, 1);
        copy.latency.add(latency);
        return copy;
    }

    /// What came since `earlier`; the histogram is all of this one's.
    public Tally since(Tally earlier) {
        Tally difference = copy();
        difference.add(earlier, -1);
        return difference;
    }

    private void add(Tally other, int sign) {
        received += sign * other.received;
        bytes += sign * other.bytes;
        checked += sign * other.checked;
        missing += sign * other.missing;
        late += sign * other.late;
        duplicates += sign * other.duplicates;
        corrupt += sign * other.corrupt;
        refused += sign * other.refused;
        frames += sign * other.frames;
        sealed += sign * other.sealed;
        padding += sign * other.padding;
        keyframes += sign * other.keyframes;
        unknown += sign * other.unknown;
    }
}
