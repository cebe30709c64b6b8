package io.tributary.transport.rtcp;

import static io.tributary.transport.rtcp.Words.i32;
import static io.tributary.transport.rtcp.Words.u16;
import static io.tributary.transport.rtcp.Words.u24;
import static io.tributary.transport.rtcp.Words.u8;

/// Reads one transport-wide feedback packet (draft-holmer §3.1). Chunks and deltas are two lists that must be
/// walked side by side, and the deltas begin where the chunks turn out to end: one walk to find that place and
/// to check that all deltas are there, a second to tell.
final class TransportFeedbackReader {
    static final int REFERENCE_UNIT_MICROS = 64_000;
    static final int DELTA_UNIT_MICROS = 250;

    static final int NOT_RECEIVED = 0;
    static final int SMALL_DELTA = 1;
    static final int LARGE_DELTA = 2;

    private static final int FIXED_BYTES = 16;

    private TransportFeedbackReader() {}

    /// Reads the body of one feedback packet, what follows its common header.
    ///
    /// @return how many statuses were told, -1 when malformed or more than `maxStatuses`
    static int read(byte[] p, int body, int end, int maxStatuses, RtcpVisitor visitor) {
        if (end - body < FIXED_BYTES) {
            return -1;
        }
        int baseSeq = u16(p, body + 8);
        int count = u16(p, body + 10);
        if (count > maxStatuses) {
            return -1;
        }
        int chunks = body + FIXED_BYTES;
        int deltas = chunks;
        int deltaBytes = 0;
        int counted = 0;
        while (counted < count) {
            if (deltas + 2 > end) {
                return -1;
            }
            int chunk = u16(p, deltas);
            int inChunk = Math.min(statuses(chunk), count - counted);
            if (inChunk == 0) {
                return -1; // an empty run: endless work for nothing
            }
            deltaBytes += deltaBytes(chunk, inChunk);
            counted += inChunk;
            deltas += 2;
        }
        if (end - deltas < deltaBytes) {
            return -1;
        }
        visitor.onTransportFeedback(
                i32(p, body),
                i32(p, body + 4),
                u8(p, body + 15),
                baseSeq,
                count,
                (long) u24(p, body + 12) * REFERENCE_UNIT_MICROS);
        tell(p, chunks, deltas, baseSeq, count, visitor);
        return count;
    }

    private static void tell(byte[] p, int chunks, int deltas, int baseSeq, int count, RtcpVisitor visitor) {
        int delta = deltas;
        int told = 0;
        for (int at = chunks; told < count; at += 2) {
            int chunk = u16(p, at);
            int inChunk = Math.min(statuses(chunk), count - told);
            for (int i = 0; i < inChunk; i++) {
                int seq = baseSeq + told & 0xFFFF;
                switch (status(chunk, i)) {
                    case SMALL_DELTA -> {
                        visitor.onTransportPacket(seq, true, (long) u8(p, delta) * DELTA_UNIT_MICROS);
                        delta++;
                    }
                    case LARGE_DELTA -> {
                        visitor.onTransportPacket(seq, true, (long) (short) u16(p, delta) * DELTA_UNIT_MICROS);
                        delta += 2;
                    }
                    default -> visitor.onTransportPacket(seq, false, 0);
                }
                told++;
            }
        }
    }

    /// How many packets a chunk speaks of: a run of up to 8,191, or a vector of 14 or 7.
    private static int statuses(int chunk) {
        if ((chunk & 0x8000) == 0) {
            return chunk & 0x1FFF;
        }
        return (chunk & 0x4000) == 0 ? 14 : 7;
    }

    /// The status of packet `i` of a chunk. The reserved symbol 3 counts as not received: it has no delta.
    private static int status(int chunk, int i) {
        if ((chunk & 0x8000) == 0) {
            return chunk >>> 13 & 3;
        }
        return (chunk & 0x4000) == 0 ? chunk >>> (13 - i) & 1 : chunk >>> (12 - 2 * i) & 3;
    }

    private static int deltaBytes(int chunk, int count) {
        if ((chunk & 0x8000) == 0) {
            return count * deltaBytes(chunk >>> 13 & 3);
        }
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += deltaBytes(status(chunk, i));
        }
        return sum;
    }

    private static int deltaBytes(int status) {
        return status == SMALL_DELTA || status == LARGE_DELTA ? status : 0;
    }
}
