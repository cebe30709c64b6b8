package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.RtpPacket;

/// One stream to a peer: numbers as the forwarder says, and what the receiver reports of it.
final class OutgoingRtpStream implements OutgoingStream {
    private final OutgoingMedia media;
    private final OutgoingFeedback feedback;
    private final OutgoingRtp owner;
    private final OutgoingPacket packet;
    private final byte[] cname;
    private final SentReports sentReports = new SentReports();

    private int repairSeq;
    private long sentPackets;
    private long sentBytes;
    private boolean closed;

    /// The receiver has reported on the SSRC, so it knows by now which m-line it belongs to.
    private boolean known;

    private long highestReported;
    private int lostReported;
    private int firSeq = -1;

    OutgoingRtpStream(OutgoingMedia media, OutgoingFeedback feedback, OutgoingRtp owner, int firstRepairSeq) {
        this.media = media;
        this.feedback = feedback;
        this.owner = owner;
        repairSeq = firstRepairSeq;
        packet = new OutgoingPacket(media);
        cname = media.cname().getBytes(UTF_8);
    }

    @Override
    public void send(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (mayLeave()) {
            int transportSeq = transportSeq();
            PacketBuffer buffer = owner.output.take();
            boolean written = false;
            try {
                written = packet.write(nowMicros, source, header, !known, transportSeq, buffer);
            } catch (RuntimeException | AssertionError e) {
                owner.failure.onFailure(nowMicros, e); // it is this peer that fails, not the one whose packet this was
            }
            if (written) {
                sentPackets++;
                sentBytes += source.payloadLength() - header.replacedBytes + header.prefixBytes;
            }
            finish(nowMicros, written, buffer);
        }
    }

    @Override
    public void resend(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (media.rtxSsrc() == 0 || media.format().rtxPayloadType() < 0) {
            owner.drops.count(PeerDrop.NOT_REPEATABLE);
        } else if (mayLeave()) {
            int transportSeq = transportSeq();
            PacketBuffer buffer = owner.output.take();
            boolean written = false;
            try {
                written = packet.writeRepair(nowMicros, source, header, !known, transportSeq, repairSeq, buffer);
                repairSeq = (repairSeq + 1) & 0xFFFF;
                owner.repairCounters.add(RepairCounters.Repair.RESENT, 1);
            } catch (RuntimeException | AssertionError e) {
                owner.failure.onFailure(nowMicros, e);
            }
            finish(nowMicros, written, buffer);
        }
    }

    @Override
    public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {
        if (sentPackets > 0 && mayLeave()) {
            sentReports.onSent(nowMicros, ntpTime);
            owner.rtcp.senderReport(media.ssrc(), ntpTime, rtpTimestampTicks, sentPackets, sentBytes, cname);
        }
    }

    @Override
    public long roundTripMicros() {
        return owner.roundTrip.smoothedMicros();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            owner.remove(this);
        }
    }

    OutgoingMedia media() {
        return media;
    }

    void onNack(long nowMicros, int seq) {
        feedback.onNack(nowMicros, seq);
    }

    void onPictureLoss(long nowMicros) {
        feedback.onKeyframeRequest(nowMicros);
    }

    /// @param commandSeq repeats of one command carry the same number (RFC 5104 §4.3.1.2)
    void onFullIntra(long nowMicros, int commandSeq) {
        if (commandSeq != firSeq) {
            firSeq = commandSeq;
            feedback.onKeyframeRequest(nowMicros);
        }
    }

    /// A report block about this stream (RFC 3550 §6.4.1): loss since the block before goes to `interval`.
    void onReport(
            long nowMicros,
            int cumulativeLost,
            long highestReceived,
            int lastSenderReport,
            int delaySince,
            LossInterval interval) {
        long expected = highestReceived - highestReported;
        if (known && expected > 0) {
            interval.add(expected, expected - (cumulativeLost - lostReported));
        }
        known = true;
        highestReported = highestReceived;
        lostReported = cumulativeLost;
        owner.roundTrip.onSample(sentReports.roundTripMicros(nowMicros, lastSenderReport, delaySince));
    }

    private boolean mayLeave() {
        if (closed || !owner.output.ready()) {
            owner.drops.count(PeerDrop.NOT_CONNECTED);
            return false;
        }
        return true;
    }

    private void finish(long nowMicros, boolean written, PacketBuffer buffer) {
        if (!written) {
            owner.drops.count(PeerDrop.TOO_LARGE);
            buffer.release();
            return;
        }
        try {
            owner.output.sendRtp(buffer);
        } catch (RuntimeException | AssertionError e) {
            owner.failure.onFailure(nowMicros, e);
        }
    }

    private int transportSeq() {
        return packet.numberedTransportWide() ? owner.transportSequence.take() : 0;
    }
}
