package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;

/// One stream to a peer: numbers as the forwarder says, and what the receiver reports of it.
final class OutgoingRtpStream implements OutgoingStream {
    private static final byte[] KNOWN = {};

    private final OutgoingMedia media;
    private final OutgoingFeedback feedback;
    private final OutgoingRtp owner;
    private final boolean numberedTransportWide;

    private final boolean urgent;
    private int repairSeq;
    private long sliceMicros;
    private int slicePackets;

    /// Packets of this stream among [PacedPackets], which counts them.
    int waiting;

    private long sentPackets;
    private long sentBytes;
    private boolean closed;

    /// The m-line that the SSRC belongs to, as long as the receiver has not reported on it and may not know.
    private byte[] unknownMid;

    private long highestReported;
    private int lostReported;
    private int firSeq = -1;

    OutgoingRtpStream(OutgoingMedia media, OutgoingFeedback feedback, OutgoingRtp owner, int firstRepairSeq) {
        this.media = media;
        this.feedback = feedback;
        this.owner = owner;
        urgent = media.urgent();
        repairSeq = firstRepairSeq;
        unknownMid = media.mid().getBytes(UTF_8);
        numberedTransportWide = media.extensions().has(HeaderExtension.TRANSPORT_CC);
    }

    @Override
    public OutgoingHeader header() {
        return owner.header;
    }

    @Override
    public void send(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (mustWait(nowMicros)) {
            owner.pace(nowMicros, this, source, header);
        } else {
            leave(nowMicros, source, header);
        }
    }

    /// Sends a packet whose turn it is.
    void leave(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (mayLeave()) {
            OutgoingPacket packet = owner.packet;
            try {
                packet.compose(nowMicros, media, unknownMid, source, header, transportSeq());
                if (leave(packet)) {
                    sentPackets++;
                    sentBytes += source.payloadLength() - header.replacedBytes + header.prefixBytes;
                }
            } catch (RuntimeException | AssertionError e) {
                owner.failure.onFailure(nowMicros, e); // it is this peer that fails, not the one whose packet this was
            }
        }
    }

    @Override
    public void resend(long nowMicros, RtpPacket source, OutgoingHeader header) {
        if (media.rtxSsrc() == 0 || media.format().rtxPayloadType() < 0) {
            owner.drops.count(PeerDrop.NOT_REPEATABLE);
        } else if (mayLeave()) {
            OutgoingPacket packet = owner.packet;
            try {
                packet.composeRepair(nowMicros, media, unknownMid, source, header, transportSeq(), repairSeq);
                repairSeq = (repairSeq + 1) & 0xFFFF;
                owner.repairCounters.add(RepairCounters.Repair.RESENT, 1);
                leave(packet);
            } catch (RuntimeException | AssertionError e) {
                owner.failure.onFailure(nowMicros, e);
            }
        }
    }

    @Override
    public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {
        if (sentPackets > 0 && mayLeave()) {
            owner.sentReports.onSent(nowMicros, ntpTime);
            byte[] cname = media.cname().getBytes(UTF_8);
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
        if (unknownMid == KNOWN && expected > 0) {
            interval.add(expected, expected - (cumulativeLost - lostReported));
        }
        unknownMid = KNOWN;
        highestReported = highestReceived;
        lostReported = cumulativeLost;
        owner.roundTrip.onSample(owner.sentReports.roundTripMicros(nowMicros, lastSenderReport, delaySince));
    }

    /// Whether this packet is one too many of video at once. Those within a slice pay a comparison.
    private boolean mustWait(long nowMicros) {
        if (urgent) {
            return false;
        }
        if (nowMicros - sliceMicros >= PacedPackets.SLICE_MICROS) {
            sliceMicros = nowMicros;
            slicePackets = 0;
        }
        return ++slicePackets > PacedPackets.SLICE_PACKETS || waiting > 0;
    }

    private boolean mayLeave() {
        if (closed || !owner.output.ready()) {
            owner.drops.count(PeerDrop.NOT_CONNECTED);
            return false;
        }
        return true;
    }

    private boolean leave(OutgoingPacket packet) {
        if (!packet.fits()) {
            owner.drops.count(PeerDrop.TOO_LARGE);
            return false;
        }
        owner.output.sendRtp(packet);
        return true;
    }

    private int transportSeq() {
        return numberedTransportWide ? owner.transportSequence.take() : 0;
    }
}
