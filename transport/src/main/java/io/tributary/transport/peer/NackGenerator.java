package io.tributary.transport.peer;

import io.tributary.transport.loop.Timed;

/// Which packets of one incoming stream to ask for again, and when (RFC 4585 §6.2.1).
///
/// A packet that is only late would be asked for in vain, so a gap gets a grace first, as long as this network reorders
/// ([ReorderGuard]). It counts from when the packet must have been sent: what belongs to a frame that was over before
/// the newest packet's began was due right behind the packet before the gap, and is asked for at once in most cases.
/// What stays missing is asked for a few times, ever more slowly, until it is given up. Pure: fed with arrivals and the
/// time.
public final class NackGenerator {
    /// Most that is asked for at once. More than that missing at 30 packets a frame is three frames: a key frame helps
    /// sooner than repair does.
    static final int MAX_OUTSTANDING = 100;

    /// A packet that did not come after five requests will not.
    static final int MAX_TRIES = 5;

    /// No receiver's jitter buffer waits longer for one packet.
    static final long MAX_AGE_MICROS = 1_000_000;

    /// A longer jump is a restarted or long paused sender, not loss.
    static final int MAX_GAP = 1000;

    static final long MIN_INTERVAL_MICROS = 20_000;
    static final long MAX_INTERVAL_MICROS = 400_000;

    /// Assumed until the round trip is measured.
    static final long DEFAULT_ROUND_TRIP_MICROS = 70_000;

    /// What [#onRecovered] returns when the arrival says nothing about the round trip.
    static final long NO_SAMPLE = -1;

    private static final double BACKOFF = 1.25;

    // Missing packets, oldest first: column i of these arrays is one.
    private final long[] seqs = new long[MAX_OUTSTANDING];
    private final long[] noticedMicros = new long[MAX_OUTSTANDING];
    private final long[] sentMicros = new long[MAX_OUTSTANDING];
    private final long[] dueMicros = new long[MAX_OUTSTANDING];
    private final int[] tries = new int[MAX_OUTSTANDING];
    private int outstanding;
    private long roundTripMicros = DEFAULT_ROUND_TRIP_MICROS;
    private final ReorderGuard guard = new ReorderGuard();
    private long givenUp;

    // The newest packet.
    private long highest = Long.MIN_VALUE;
    private long highestMicros;
    private int highestTicks;
    private boolean highestEndsFrame;

    /// A packet arrived on the stream itself.
    public void onPacket(long nowMicros, long extendedSeq, int timestampTicks, boolean marker) {
        guard.onPacket();
        if (extendedSeq <= highest) {
            onLate(nowMicros, indexOf(extendedSeq));
            return;
        }
        long missing = highest == Long.MIN_VALUE ? 0 : extendedSeq - highest - 1;
        if (missing > MAX_GAP) {
            givenUp += outstanding + missing;
            outstanding = 0;
        } else if (missing > 0) {
            boolean frameCutShort = !highestEndsFrame && timestampTicks != highestTicks;
            long sinceMicros = frameCutShort ? highestMicros : nowMicros;
            notice(nowMicros, Math.max(nowMicros, sinceMicros + guard.micros()), extendedSeq);
        }
        highest = extendedSeq;
        highestMicros = nowMicros;
        highestTicks = timestampTicks;
        highestEndsFrame = marker;
    }

    /// A packet arrived as a retransmission.
    ///
    /// @return micros since it was asked for, when it was asked for exactly once; else [#NO_SAMPLE]
    public long onRecovered(long nowMicros, long extendedSeq, int timestampTicks, boolean marker) {
        int i = indexOf(extendedSeq);
        if (i < 0) {
            if (extendedSeq > highest) {
                // A probe with the newest packet can outrun the packet itself.
                onPacket(nowMicros, extendedSeq, timestampTicks, marker);
            }
            return NO_SAMPLE;
        }
        long sample = tries[i] == 1 ? nowMicros - sentMicros[i] : NO_SAMPLE;
        shift(i, 1);
        return sample;
    }

    /// Nothing older than `extendedSeq` is wanted any more: a key frame starts there.
    public void forgetBefore(long extendedSeq) {
        int kept = 0;
        while (kept < outstanding && seqs[kept] < extendedSeq) {
            kept++;
        }
        shift(0, kept);
    }

    /// Packets that were missed and will not be asked for again, since this was last called. Not those of
    /// [#forgetBefore], which nobody misses.
    public long takeGivenUp() {
        long taken = givenUp;
        givenUp = 0;
        return taken;
    }

    /// Packets that are missing and not yet given up.
    public int outstanding() {
        return outstanding;
    }

    public long nextDeadlineMicros() {
        long soonest = Timed.NEVER;
        for (int i = 0; i < outstanding; i++) {
            soonest = Math.min(soonest, dueMicros[i]);
        }
        return soonest;
    }

    /// Fills `seqsDue` (room for [#MAX_OUTSTANDING]) with the 16-bit numbers to ask for now, in order.
    ///
    /// @param measuredRoundTripMicros 0 while unknown
    /// @return how many
    public int due(long nowMicros, long measuredRoundTripMicros, int[] seqsDue) {
        roundTripMicros = measuredRoundTripMicros == 0 ? DEFAULT_ROUND_TRIP_MICROS : measuredRoundTripMicros;
        int count = 0;
        int kept = 0;
        for (int i = 0; i < outstanding; i++) {
            if (nowMicros - noticedMicros[i] >= MAX_AGE_MICROS
                    || (tries[i] == MAX_TRIES && dueMicros[i] <= nowMicros)) {
                givenUp++;
                continue;
            }
            if (dueMicros[i] <= nowMicros) {
                seqsDue[count++] = (int) seqs[i] & 0xFFFF;
                tries[i]++;
                sentMicros[i] = nowMicros;
                dueMicros[i] = nowMicros + intervalMicros(roundTripMicros, tries[i]);
            }
            move(i, kept++);
        }
        outstanding = kept;
        return count;
    }

    static long intervalMicros(long roundTripMicros, int tries) {
        double interval = roundTripMicros * Math.pow(BACKOFF, tries);
        return (long) Math.clamp(interval, MIN_INTERVAL_MICROS, MAX_INTERVAL_MICROS);
    }

    /// It came by itself after all, unless this is what the sender sent again because it was asked to: where there is
    /// no RTX that looks the same, but takes a round trip.
    private void onLate(long nowMicros, int index) {
        if (index < 0) {
            return;
        }
        if (tries[index] == 0 || nowMicros - sentMicros[index] < roundTripMicros / 2) {
            guard.onLate(nowMicros - noticedMicros[index]);
        }
        shift(index, 1);
    }

    /// Everything between the highest packet and `to` is missing.
    private void notice(long nowMicros, long firstDueMicros, long to) {
        long from = Math.max(highest + 1, to - MAX_OUTSTANDING);
        int more = (int) (to - from);
        int oldest = Math.max(0, outstanding + more - MAX_OUTSTANDING);
        givenUp += from - highest - 1 + oldest;
        shift(0, oldest); // the oldest make room
        for (long seq = from; seq < to; seq++) {
            seqs[outstanding] = seq;
            noticedMicros[outstanding] = nowMicros;
            dueMicros[outstanding] = firstDueMicros;
            tries[outstanding] = 0;
            outstanding++;
        }
    }

    private int indexOf(long extendedSeq) {
        for (int i = 0; i < outstanding; i++) {
            if (seqs[i] == extendedSeq) {
                return i;
            }
        }
        return -1;
    }

    /// Takes out `count` entries from `at` on.
    private void shift(int at, int count) {
        if (count == 0) {
            return;
        }
        for (int i = at; i + count < outstanding; i++) {
            move(i + count, i);
        }
        outstanding -= Math.min(count, outstanding - at);
    }

    private void move(int from, int to) {
        if (from != to) {
            seqs[to] = seqs[from];
            noticedMicros[to] = noticedMicros[from];
            sentMicros[to] = sentMicros[from];
            dueMicros[to] = dueMicros[from];
            tries[to] = tries[from];
        }
    }
}
