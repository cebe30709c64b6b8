package io.tributary.transport.rtcp;

import static io.tributary.transport.rtcp.RtcpType.FEEDBACK_SSRC_BYTES;
import static io.tributary.transport.rtcp.RtcpType.HEADER_BYTES;
import static io.tributary.transport.rtcp.RtcpType.REPORT_BLOCK_BYTES;
import static io.tributary.transport.rtcp.RtcpType.SENDER_INFO_BYTES;
import static io.tributary.transport.rtcp.Words.put16;
import static io.tributary.transport.rtcp.Words.put24;
import static io.tributary.transport.rtcp.Words.put32;

/// Writes a compound RTCP packet, part by part, into an array of the caller's. Reused: [#begin] starts anew.
///
/// Each part is written whole or, where there is no room for it, not at all: then the verb returns false, and the
/// caller sends what there is and begins another packet.
public final class RtcpWriter {
    /// Report blocks in one report: the count has five bits (RFC 3550 §6.4.1).
    public static final int MAX_REPORT_BLOCKS = 31;

    private static final int VERSION = 0x80;
    private static final int CNAME = 1;
    private static final int MAX_CNAME_BYTES = 255;

    private byte[] array = new byte[0];
    private int start;
    private int at;
    private int limit;
    private int report;

    /// Starts a compound packet at `offset`, to end before `limit`.
    public void begin(byte[] into, int offset, int endLimit) {
        array = into;
        start = offset;
        at = offset;
        limit = endLimit;
        report = -1;
    }

    /// Bytes written since [#begin].
    public int length() {
        return at - start;
    }

    /// Report blocks may follow, by [#reportBlock].
    public boolean senderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets) {
        if (!open(RtcpType.SENDER_REPORT, 0, 4 + SENDER_INFO_BYTES)) {
            return false;
        }
        report = at;
        int body = at + HEADER_BYTES;
        put32(array, body, ssrc);
        put32(array, body + 4, (int) (ntpTime >>> 32));
        put32(array, body + 8, (int) ntpTime);
        put32(array, body + 12, rtpTimestampTicks);
        put32(array, body + 16, (int) packets);
        put32(array, body + 20, (int) octets);
        at = body + 4 + SENDER_INFO_BYTES;
        return true;
    }

    /// Report blocks may follow, by [#reportBlock].
    public boolean receiverReport(int ssrc) {
        if (!open(RtcpType.RECEIVER_REPORT, 0, 4)) {
            return false;
        }
        report = at;
        put32(array, at + HEADER_BYTES, ssrc);
        at += HEADER_BYTES + 4;
        return true;
    }

    /// Adds a block to the report just begun; for the meaning see [RtcpVisitor#onReportBlock].
    ///
    /// @return false also when the report has its 31 blocks: begin another
    public boolean reportBlock(
            int ssrc,
            int fractionLost,
            int cumulativeLost,
            long highestSeq,
            long jitterTicks,
            int lastSr,
            int delaySinceLastSr) {
        if (report < 0) {
            throw new IllegalStateException("a report block needs a report in front of it");
        }
        int blocks = array[report] & 0x1F;
        if (blocks == MAX_REPORT_BLOCKS || limit - at < REPORT_BLOCK_BYTES) {
            return false;
        }
        put32(array, at, ssrc);
        array[at + 4] = (byte) Math.min(fractionLost, 255);
        put24(array, at + 5, Math.clamp(cumulativeLost, -0x80_0000, 0x7F_FFFF));
        put32(array, at + 8, (int) highestSeq);
        put32(array, at + 12, (int) jitterTicks);
        put32(array, at + 16, lastSr);
        put32(array, at + 20, delaySinceLastSr);
        at += REPORT_BLOCK_BYTES;
        array[report]++;
        put16(array, report + 2, (at - report) / 4 - 1);
        return true;
    }

    /// A source description with nothing but the canonical name (RFC 3550 §6.5.1).
    ///
    /// @param cname UTF-8, at most 255 bytes
    public boolean sdesCname(int ssrc, byte[] cname) {
        if (cname.length > MAX_CNAME_BYTES) {
            throw new IllegalArgumentException("a CNAME has at most 255 bytes");
        }
        int itemsBytes = (2 + cname.length + 4) / 4 * 4; // one to four zero bytes end the chunk on a word
        if (!open(RtcpType.SOURCE_DESCRIPTION, 1, 4 + itemsBytes)) {
            return false;
        }
        int item = at + HEADER_BYTES + 4;
        put32(array, at + HEADER_BYTES, ssrc);
        array[item] = CNAME;
        array[item + 1] = (byte) cname.length;
        System.arraycopy(cname, 0, array, item + 2, cname.length);
        int end = item + itemsBytes;
        for (int i = item + 2 + cname.length; i < end; i++) {
            array[i] = 0;
        }
        at = end;
        return true;
    }

    /// A generic NACK (RFC 4585 §6.2.1) of the first `count` numbers in `seqs`.
    ///
    /// @param seqs 16-bit sequence numbers, ascending (over a wrap too), at least one
    public boolean nack(int senderSsrc, int mediaSsrc, int[] seqs, int count) {
        int pairs = 0;
        for (int i = 0; i < count; i = nextPair(seqs, i, count)) {
            pairs++;
        }
        if (pairs == 0 || !feedback(RtcpType.TRANSPORT_FEEDBACK, RtcpType.NACK, senderSsrc, mediaSsrc, 4 * pairs)) {
            return false;
        }
        int i = 0;
        while (i < count) {
            int next = nextPair(seqs, i, count);
            int pid = seqs[i];
            int blp = 0;
            for (int j = i + 1; j < next; j++) {
                int distance = seqs[j] - pid & 0xFFFF;
                blp |= distance == 0 ? 0 : 1 << (distance - 1);
            }
            put16(array, at, pid);
            put16(array, at + 2, blp);
            at += 4;
            i = next;
        }
        return true;
    }

    /// A picture loss indication (RFC 4585 §6.3.1).
    public boolean pli(int senderSsrc, int mediaSsrc) {
        return feedback(RtcpType.PAYLOAD_FEEDBACK, RtcpType.PLI, senderSsrc, mediaSsrc, 0);
    }

    /// A full intra request (RFC 5104 §4.3.1).
    ///
    /// @param seqNr 8 bits, one up for each new request, unchanged for a repetition
    public boolean fir(int senderSsrc, int mediaSsrc, int seqNr) {
        if (!feedback(RtcpType.PAYLOAD_FEEDBACK, RtcpType.FIR, senderSsrc, 0, 8)) {
            return false;
        }
        put32(array, at, mediaSsrc);
        put32(array, at + 4, seqNr << 24);
        at += 8;
        return true;
    }

    public boolean bye(int ssrc) {
        if (!open(RtcpType.BYE, 1, 4)) {
            return false;
        }
        put32(array, at + HEADER_BYTES, ssrc);
        at += HEADER_BYTES + 4;
        return true;
    }

    /// Adds one transport-wide feedback packet over what `arrivals` has to report.
    ///
    /// @return false also when there is nothing to report
    public boolean transportFeedback(int senderSsrc, int mediaSsrc, TransportFeedbackWriter arrivals) {
        report = -1;
        int written = arrivals.write(array, at, limit, senderSsrc, mediaSsrc);
        at += written;
        return written > 0;
    }

    /// Index of the first number that does not fit in the pair which begins at `i`.
    private static int nextPair(int[] seqs, int i, int count) {
        int next = i + 1;
        while (next < count && (seqs[next] - seqs[i] & 0xFFFF) <= 16) {
            next++;
        }
        return next;
    }

    private boolean feedback(int type, int format, int senderSsrc, int mediaSsrc, int fciBytes) {
        if (!open(type, format, FEEDBACK_SSRC_BYTES + fciBytes)) {
            return false;
        }
        put32(array, at + HEADER_BYTES, senderSsrc);
        put32(array, at + HEADER_BYTES + 4, mediaSsrc);
        at += HEADER_BYTES + FEEDBACK_SSRC_BYTES;
        return true;
    }

    /// Writes a common header at `at` without moving on.
    private boolean open(int type, int countOrFormat, int bodyBytes) {
        if (limit - at < HEADER_BYTES + bodyBytes) {
            return false;
        }
        report = -1;
        array[at] = (byte) (VERSION | countOrFormat);
        array[at + 1] = (byte) type;
        put16(array, at + 2, bodyBytes / 4);
        return true;
    }
}
