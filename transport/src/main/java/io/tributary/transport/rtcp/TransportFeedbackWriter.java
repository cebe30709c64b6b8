package io.tributary.transport.rtcp;

import static io.tributary.transport.rtcp.TransportFeedbackReader.DELTA_UNIT_MICROS;
import static io.tributary.transport.rtcp.TransportFeedbackReader.LARGE_DELTA;
import static io.tributary.transport.rtcp.TransportFeedbackReader.NOT_RECEIVED;
import static io.tributary.transport.rtcp.TransportFeedbackReader.REFERENCE_UNIT_MICROS;
import static io.tributary.transport.rtcp.TransportFeedbackReader.SMALL_DELTA;
import static io.tributary.transport.rtcp.Words.put16;
import static io.tributary.transport.rtcp.Words.put24;
import static io.tributary.transport.rtcp.Words.put32;

import java.util.Arrays;

/// Remembers when packets with transport-wide numbers arrived, and reports it to their sender (draft-holmer
/// §3.1). One per connection; media loop only.
///
/// Each report begins after the last packet of the one before. A packet that arrives later than its report
/// takes the next one back to its number, so that the sender learns it was not lost.
public final class TransportFeedbackWriter {
    /// Packets remembered: at a report every 100 ms, 20,000 packets per second.
    static final int WINDOW = 2048;

    private static final int MASK = WINDOW - 1;
    private static final long NEVER = Long.MIN_VALUE;

    /// Header, two SSRCs, base number, count, reference time, feedback count.
    private static final int FIXED_BYTES = 20;

    private static final int MAX_SMALL_DELTA = 0xFF;
    private static final int VECTOR_OF_ONE_BIT = 14;
    private static final int VECTOR_OF_TWO_BITS = 7;

    private static final long[] NO_TIMES = {};
    private static final byte[] NO_STATUSES = {};
    private static final short[] NO_DELTAS = {};

    // Made for the first packet: half of all connections never receive any.
    private long[] arrivalMicros = NO_TIMES;
    private byte[] statuses = NO_STATUSES;
    private short[] deltas = NO_DELTAS;
    private long next = -1;
    private long highest = -1;
    private int feedbackCount;

    /// A packet arrived. Duplicates, and packets older than the window, are ignored.
    ///
    /// @param extendedSeq its transport-wide number, unwrapped; not negative
    public void onPacket(long extendedSeq, long nowMicros) {
        if (arrivalMicros.length == 0) {
            arrivalMicros = new long[WINDOW];
            statuses = new byte[WINDOW];
            deltas = new short[WINDOW];
        }
        if (highest < 0 || extendedSeq >= highest + WINDOW) {
            Arrays.fill(arrivalMicros, NEVER); // the first, or a leap that leaves nothing in common
            next = extendedSeq;
            highest = extendedSeq;
        } else if (extendedSeq > highest) {
            for (long missing = highest + 1; missing < extendedSeq; missing++) {
                arrivalMicros[slot(missing)] = NEVER;
            }
            highest = extendedSeq;
            next = Math.max(next, highest - WINDOW + 1);
        } else if (extendedSeq <= highest - WINDOW || arrivalMicros[slot(extendedSeq)] != NEVER) {
            return;
        } else {
            next = Math.min(next, extendedSeq);
        }
        arrivalMicros[slot(extendedSeq)] = nowMicros;
    }

    /// Whether packets arrived since the last report.
    public boolean hasNews() {
        return next <= highest && highest >= 0;
    }

    /// Writes one feedback packet before `limit`. Packets that do not fit, or whose arrival is too far from the one
    /// before (8 s), are left for the next: repeat while [#hasNews].
    ///
    /// @return its length, 0 when there is nothing to report or no room for it
    int write(byte[] array, int offset, int limit, int senderSsrc, int mediaSsrc) {
        if (!hasNews()) {
            return 0;
        }
        long first = firstArrived();
        long referenceUnits = Math.floorDiv(arrivalMicros[slot(first)], REFERENCE_UNIT_MICROS);
        int count = collect(referenceUnits * REFERENCE_UNIT_MICROS, limit - offset - FIXED_BYTES);
        if (count == 0) {
            return 0;
        }
        array[offset] = (byte) (0x80 | RtcpType.TRANSPORT_CC);
        array[offset + 1] = (byte) RtcpType.TRANSPORT_FEEDBACK;
        put32(array, offset + 4, senderSsrc);
        put32(array, offset + 8, mediaSsrc);
        put16(array, offset + 12, (int) next);
        put16(array, offset + 14, count);
        put24(array, offset + 16, (int) referenceUnits);
        array[offset + 19] = (byte) feedbackCount;
        int at = writeDeltas(array, writeChunks(array, offset + FIXED_BYTES, count), count);
        int padding = -(at - offset) & 3;
        if (padding > 0) {
            for (int i = 1; i < padding; i++) {
                array[at++] = 0;
            }
            array[at++] = (byte) padding;
            array[offset] |= 0x20;
        }
        put16(array, offset + 2, (at - offset) / 4 - 1);
        feedbackCount = feedbackCount + 1 & 0xFF;
        next += count;
        return at - offset;
    }

    /// A report always ends with a packet that arrived (`highest` did), so there is one.
    private long firstArrived() {
        long seq = next;
        while (arrivalMicros[slot(seq)] == NEVER) {
            seq++;
        }
        return seq;
    }

    /// Fills `statuses` and `deltas` from `next` on, for as many packets as surely fit in `roomBytes`; how
    /// many. Each delta counts from the time as the receiver reconstructs it, so that rounding does not add up.
    private int collect(long referenceMicros, int roomBytes) {
        long before = referenceMicros;
        int upToLastArrived = 0;
        int deltaBytes = 0;
        int count = 0;
        for (long seq = next; seq <= highest; seq++) {
            long arrived = arrivalMicros[slot(seq)];
            if (arrived == NEVER) {
                statuses[count++] = NOT_RECEIVED;
                continue;
            }
            long units = Math.floorDiv(arrived - before + DELTA_UNIT_MICROS / 2, DELTA_UNIT_MICROS);
            if (units < Short.MIN_VALUE || units > Short.MAX_VALUE) {
                break;
            }
            int status = units >= 0 && units <= MAX_SMALL_DELTA ? SMALL_DELTA : LARGE_DELTA;
            deltaBytes += status;
            int chunks = count / VECTOR_OF_TWO_BITS + 1; // each but the last speaks of seven at least
            if (2 * chunks + deltaBytes + 3 > roomBytes) {
                break;
            }
            statuses[count] = (byte) status;
            deltas[count] = (short) units;
            before += units * DELTA_UNIT_MICROS;
            count++;
            upToLastArrived = count;
        }
        return upToLastArrived;
    }

    private int writeChunks(byte[] array, int offset, int count) {
        int at = offset;
        int i = 0;
        while (i < count) {
            int run = runLength(i, count);
            int inVector = vectorLength(i, count);
            int chunk;
            if (run >= inVector) {
                chunk = statuses[i] << 13 | run;
                i += run;
            } else if (inVector == VECTOR_OF_ONE_BIT) {
                chunk = 0x8000;
                for (int j = 0; j < VECTOR_OF_ONE_BIT && i < count; j++) {
                    chunk |= statuses[i++] << (13 - j);
                }
            } else {
                chunk = 0xC000;
                for (int j = 0; j < VECTOR_OF_TWO_BITS && i < count; j++) {
                    chunk |= statuses[i++] << (12 - 2 * j);
                }
            }
            put16(array, at, chunk);
            at += 2;
        }
        return at;
    }

    /// Equal statuses from `i` on; at most [#WINDOW], which the 13 bits of a run length hold.
    private int runLength(int i, int count) {
        int end = i + 1;
        while (end < count && statuses[end] == statuses[i]) {
            end++;
        }
        return end - i;
    }

    /// 14 when one bit per packet says all of the next ones, else 7.
    private int vectorLength(int i, int count) {
        int end = Math.min(i + VECTOR_OF_ONE_BIT, count);
        for (int j = i; j < end; j++) {
            if (statuses[j] == LARGE_DELTA) {
                return VECTOR_OF_TWO_BITS;
            }
        }
        return VECTOR_OF_ONE_BIT;
    }

    private int writeDeltas(byte[] array, int offset, int count) {
        int at = offset;
        for (int i = 0; i < count; i++) {
            if (statuses[i] == SMALL_DELTA) {
                array[at++] = (byte) deltas[i];
            } else if (statuses[i] == LARGE_DELTA) {
                put16(array, at, deltas[i]);
                at += 2;
            }
        }
        return at;
    }

    private static int slot(long seq) {
        return (int) seq & MASK;
    }
}
