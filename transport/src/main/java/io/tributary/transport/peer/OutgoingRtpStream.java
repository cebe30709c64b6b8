package io.tributary.transport.peer;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.RtpPacket;

/// One stream to a peer: numbers as the forwarder says, and what the receiver reports of it.
final class OutgoingRtpStream implements OutgoingStream {
    private final OutgoingMedia media;
    private final OutgoingFeedback feedback;
    private final OutgoingRtp owner;
    private final OutgoingPacket packet;
    private final SentReports sentReports = new SentReports();

    private int repairSeq;
    private long sentPackets;
    private long sentBytes;
    private boolean closed;

    /// The receiver has reported on the SSRC, so it knows by now which m-line it belongs to.
    private boolean known;

    private int highestReported;
    private int lostReported;
    private int fractionLost;
    private int firSeq = -1;

    OutgoingRtpStream(OutgoingMedia media, OutgoingFeedback feedback, OutgoingRtp owner, int firstRepairSeq) {
        this.media = media;
        this.feedback = feedback;
        this.owner = owner;
        repairSeq = firstRepairSeq;
        packet = new OutgoingPacket(media);
    }

    @Override
    public void send(long nowMicros, RtpPacket source, OutgoingHeader header) {
        try {
            if (mayLeave(source, header)) {
                PacketBuffer buffer = owner.output.take();
                packet.write(nowMicros, source, header, !known, transportSeq(), buffer);
                sentPackets++;
                sentBytes += source.payloadLength() - header.replacedBytes + header.prefixBytes;
                owner.output.sendRtp(buffer);
            }
        } catch (RuntimeException | AssertionError e) {
            owner.failure.onFailure(nowMicros, e); // it is this peer that fails, not the one whose packet this was
        }
    }

    @Override
    public void resend(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (media.rtxSsrc() == 0 || media.format().rtxPayloadType() < 0) {
            owner.drops.count(PeerDrop.NOT_REPEATABLE);
            return;
        }
        try {
            if (mayLeave(source, header)) {
                PacketBuffer buffer = owner.output.take();
                packet.writeRepair(nowMicros, source, header, !known, transportSeq(), repairSeq, buffer);
                repairSeq = repairSeq + 1 & 0xFFFF;
                owner.output.sendRtp(buffer);
            }
        } catch (RuntimeException | AssertionError e) {
            owner.failure.onFailure(nowMicros, e);
        }
    }

    @Override
    public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {
        if (closed || sentPackets == 0 || !owner.output.ready()) {
            return;
        }
        sentReports.onSent(nowMicros, ntpTime);
        owner.rtcp.senderReport(
                media.ssrc(), ntpTime, rtpTimestampTicks, (int) sentPackets, (int) sentBytes, media.cname());
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

    /// In 256ths, by the latest report.
    int fractionLost() {
        return fractionLost;
    }

    void onNack(long nowMicros, int seq) {
        if (!closed) {
            feedback.onNack(nowMicros, seq);
        }
    }

    void onPictureLoss(long nowMicros) {
        if (!closed) {
            feedback.onKeyframeRequest(nowMicros);
        }
    }

    /// @param commandSeq repeats of one command carry the same number (RFC 5104 §4.3.1.2)
    void onFullIntra(long nowMicros, int commandSeq) {
        if (!closed && commandSeq != firSeq) {
            firSeq = commandSeq;
            feedback.onKeyframeRequest(nowMicros);
        }
    }

    /// A report block about this stream (RFC 3550 §6.4.1).
    void onReport(
            long nowMicros,
            int fraction,
            int cumulativeLost,
            int highestReceived,
            int lastSenderReport,
            int delaySince,
            LossInterval interval) {
        if (known) {
            int expected = highestReceived - highestReported;
            if (expected > 0) {
                interval.add(expected, expected - (cumulativeLost - lostReported));
            }
        }
        known = true;
        fractionLost = fraction;
        highestReported = highestReceived;
        lostReported = cumulativeLost;
        owner.roundTrip.onSample(sentReports.roundTripMicros(nowMicros, lastSenderReport, delaySince));
    }

    private boolean mayLeave(RtpPacket source, OutgoingHeader header) {
        if (closed || !owner.output.ready()) {
            owner.drops.count(PeerDrop.NOT_CONNECTED);
            return false;
        }
        if (!packet.fits(source, header)) {
            owner.drops.count(PeerDrop.TOO_LARGE);
            return false;
        }
        return true;
    }

    private int transportSeq() {
        return packet.numberedTransportWide() ? owner.transportSequence.take() : 0;
    }
}
