package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.cc.TwccReceiver;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtcp.RtcpWriter;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Writes and sends the RTCP of a connection. Reports are compounds with a CNAME (RFC 3550 §6.1), feedback goes alone
/// in reduced size (RFC 5506), which every WebRTC endpoint must accept (RFC 8834 §4.2).
final class RtcpSender {
    /// A datagram that crosses every network unfragmented, as libwebrtc assumes too.
    private static final int MAX_BYTES = 1200;

    /// A window of arrivals fills at most a handful of feedback packets.
    private static final int MAX_FEEDBACK_PACKETS = 8;

    private final SecureOutput output;
    private final RtcpWriter writer = new RtcpWriter();
    private final int localSsrc;
    private final byte[] localCname;
    private @Nullable PacketBuffer receiverReports;

    RtcpSender(SecureOutput output, RandomGenerator random) {
        this.output = output;
        localSsrc = random.nextInt();
        localCname = Long.toHexString(random.nextLong()).getBytes(UTF_8); // RFC 7022 §4.2: random, per session
    }

    /// Asks for a key frame (RFC 4585 §6.3.1).
    void pictureLoss(int mediaSsrc) {
        if (output.ready()) {
            PacketBuffer packet = begin();
            writer.pli(localSsrc, mediaSsrc);
            end(packet);
        }
    }

    /// Asks for a key frame from a peer that does not know the other way (RFC 5104 §4.3.1).
    ///
    /// @param commandSeq another one than the last: this is a new command
    void fullIntra(int mediaSsrc, int commandSeq) {
        if (output.ready()) {
            PacketBuffer packet = begin();
            writer.fir(localSsrc, mediaSsrc, commandSeq);
            end(packet);
        }
    }

    /// Asks for the first `count` packets of `seqs`, ascending (RFC 4585 §6.2.1).
    void nack(int mediaSsrc, int[] seqs, int count) {
        if (output.ready()) {
            PacketBuffer packet = begin();
            writer.nack(localSsrc, mediaSsrc, seqs, count);
            end(packet);
        }
    }

    void transportFeedback(TwccReceiver twcc) {
        boolean more = true;
        for (int i = 0; more && i < MAX_FEEDBACK_PACKETS; i++) {
            PacketBuffer packet = begin();
            more = twcc.write(writer, localSsrc);
            end(packet);
        }
    }

    void senderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets, byte[] cname) {
        PacketBuffer packet = begin();
        writer.senderReport(ssrc, ntpTime, rtpTimestampTicks, packets, octets);
        writer.sdesCname(ssrc, cname);
        end(packet);
    }

    /// Adds a report block, to a new packet when there is none under way or it is full.
    void receiverReport(long nowMicros, int ssrc, ReceptionStatistics reception) {
        int fractionLost = reception.takeFractionLost();
        if (!block(nowMicros, ssrc, fractionLost, reception)) {
            endReceiverReports();
            receiverReports = begin();
            writer.receiverReport(localSsrc);
            block(nowMicros, ssrc, fractionLost, reception);
        }
    }

    /// Sends what [#receiverReport] has not sent yet.
    void endReceiverReports() {
        PacketBuffer packet = receiverReports;
        if (packet != null) {
            receiverReports = null;
            writer.sdesCname(localSsrc, localCname);
            end(packet);
        }
    }

    private boolean block(long nowMicros, int ssrc, int fractionLost, ReceptionStatistics reception) {
        return receiverReports != null
                && writer.reportBlock(
                        ssrc,
                        fractionLost,
                        reception.cumulativeLost(),
                        reception.highestSequenceReceived(),
                        reception.jitterTicks(),
                        reception.lastSenderReport(),
                        reception.delaySinceSenderReport(nowMicros));
    }

    private PacketBuffer begin() {
        PacketBuffer packet = output.take();
        writer.begin(packet.array(), packet.offset(), packet.offset() + MAX_BYTES);
        return packet;
    }

    private void end(PacketBuffer packet) {
        packet.length(writer.length());
        if (writer.length() == 0) {
            packet.release();
        } else {
            output.sendRtcp(packet);
        }
    }
}
