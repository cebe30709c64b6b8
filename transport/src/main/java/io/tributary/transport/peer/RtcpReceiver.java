package io.tributary.transport.peer;

import io.tributary.transport.io.Allowance;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.rtcp.RtcpReader;
import io.tributary.transport.rtcp.RtcpVisitor;
import org.jspecify.annotations.Nullable;

/// Takes what a peer reports to whom it concerns: sender reports to incoming streams, the rest to outgoing ones.
final class RtcpReceiver implements RtcpVisitor {
    /// Packets that one datagram may ask for: four bytes can name 17, so without a bound one datagram draws the whole
    /// history. An honest NACK in the worst burst names a hundred or so.
    static final int MAX_NACKED = 17 * 31;

    /// Key frames that one datagram may ask for: one for each stream on a full page of tiles.
    static final int MAX_KEYFRAME_REQUESTS = 64;

    /// Units of work of one peer in a second, and at once; a unit is some 50 ns, so this is a millisecond. A subscriber
    /// with fifty streams that loses 5 % of 5,000 packets a second spends a tenth.
    static final int WORK_PER_SECOND = 20_000;

    /// Reading is cheap, and cheaper than being told: a unit for so many bytes or transport-wide statuses.
    private static final int BYTES_PER_UNIT = 16;

    private static final int STATUSES_PER_UNIT = 16;

    /// Finding a packet in a history, and perhaps what follows.
    private static final int UNITS_PER_NACK = 4;

    private final IncomingRtp incoming;
    private final OutgoingRtp outgoing;
    private final Allowance work;
    private final LossInterval downlink;
    private final DropCounter<PeerDrop> drops;
    private final RepairCounters repairs;
    private long nowMicros;
    private int nacksLeft;
    private int keyframesLeft;

    RtcpReceiver(
            IncomingRtp incoming,
            OutgoingRtp outgoing,
            LossInterval downlink,
            DropCounter<PeerDrop> drops,
            Allowance work,
            RepairCounters repairs) {
        this.work = work;
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.downlink = downlink;
        this.drops = drops;
        this.repairs = repairs;
    }

    /// One decrypted datagram.
    void receive(long atMicros, byte[] array, int offset, int length) {
        nowMicros = atMicros;
        if (!work.take(atMicros, 1 + length / BYTES_PER_UNIT)) {
            drops.count(PeerDrop.FEEDBACK_BUDGET);
            return;
        }
        nacksLeft = MAX_NACKED;
        keyframesLeft = MAX_KEYFRAME_REQUESTS;
        if (!RtcpReader.read(array, offset, length, this)) {
            drops.count(PeerDrop.MALFORMED);
        }
    }

    @Override
    public void onSenderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets) {
        incoming.onSenderReport(nowMicros, ssrc, ntpTime, rtpTimestampTicks);
    }

    @Override
    public void onReportBlock(
            int reporterSsrc,
            int ssrc,
            int fractionLost,
            int cumulativeLost,
            long highestSeq,
            long jitterTicks,
            int lastSr,
            int delaySinceLastSr) {
        @Nullable OutgoingRtpStream stream = outgoing.stream(ssrc);
        if (stream != null) {
            stream.onReport(nowMicros, cumulativeLost, highestSeq, lastSr, delaySinceLastSr, downlink);
        }
    }

    /// Told before the statuses, so that the next packet pays for them.
    @Override
    public void onTransportFeedback(
            int senderSsrc, int mediaSsrc, int feedbackCount, int baseSeq, int statusCount, long referenceTimeMicros) {
        work.take(nowMicros, statusCount / STATUSES_PER_UNIT);
    }

    @Override
    public void onNack(int senderSsrc, int mediaSsrc, int pid, int blp) {
        @Nullable OutgoingRtpStream stream = outgoing.stream(mediaSsrc);
        if (stream == null) {
            return;
        }
        int mask = (blp << 1) | 1; // bit i: pid + i is missing
        for (int i = 0; mask >>> i != 0; i++) {
            if ((mask >>> i & 1) != 0) {
                if (nacksLeft == 0 || !work.take(nowMicros, UNITS_PER_NACK)) {
                    drops.count(PeerDrop.FEEDBACK_BUDGET);
                    return;
                }
                nacksLeft--;
                repairs.add(RepairCounters.Repair.WANTED, 1);
                stream.onNack(nowMicros, (pid + i) & 0xFFFF);
            }
        }
    }

    @Override
    public void onPli(int mediaSsrc) {
        @Nullable OutgoingRtpStream stream = outgoing.stream(mediaSsrc);
        if (stream != null && keyframeAllowed()) {
            stream.onPictureLoss(nowMicros);
        }
    }

    @Override
    public void onFir(int mediaSsrc, int seqNr) {
        @Nullable OutgoingRtpStream stream = outgoing.stream(mediaSsrc);
        if (stream != null && keyframeAllowed()) {
            stream.onFullIntra(nowMicros, seqNr);
        }
    }

    private boolean keyframeAllowed() {
        if (keyframesLeft == 0) {
            drops.count(PeerDrop.FEEDBACK_BUDGET);
            return false;
        }
        keyframesLeft--;
        return true;
    }
}
