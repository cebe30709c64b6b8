package io.tributary.load.media;

import io.tributary.load.peer.ClientPeer;
import io.tributary.transport.rtcp.RtcpWriter;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;

/// One SSRC of a publisher: its numbers, its header extensions, its sender reports, and the packets that a NACK may
/// ask for again.
final class OutgoingSource {
    /// Two seconds of the highest layer.
    private static final int HISTORY_PACKETS = 512;

    private static final int MAX_PACKET_BYTES = 1400;

    private static final class Sent {
        final byte[] bytes = new byte[MAX_PACKET_BYTES];
        int seq = -1;
        int length;
    }

    private final ClientPeer peer;
    private final SentExtensions extensions;
    private final int ssrc;
    private final int payloadType;
    private final String rid;
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final byte[] report = new byte[128];
    private final Sent[] history = new Sent[HISTORY_PACKETS];
    private Sent current = new Sent();
    private int seq;
    private long packets;
    private long octets;
    private long resent;
    private int lastTimestampTicks;
    private boolean known; // to the server, by SSRC

    /// @param seq of the first packet: below 2^15, see [SrtpContext#protectRtp]
    OutgoingSource(ClientPeer peer, SentExtensions extensions, int ssrc, int payloadType, String rid, int seq) {
        this.peer = peer;
        this.extensions = extensions;
        this.ssrc = ssrc;
        this.payloadType = payloadType;
        this.rid = rid;
        this.seq = seq;
    }

    int ssrc() {
        return ssrc;
    }

    /// Packets sent, without what was sent again.
    long packets() {
        return packets;
    }

    long resent() {
        return resent;
    }

    /// The server reported on this SSRC, so it need not be introduced any more (RFC 8852 §3.3).
    void onReported() {
        known = true;
    }

    /// Begins a packet in [#bytes].
    ///
    /// @return where its payload goes
    int begin(boolean marker, int timestampTicks) {
        lastTimestampTicks = timestampTicks;
        Sent slot = history[seq % HISTORY_PACKETS];
        current = slot == null ? new Sent() : slot;
        header.begin(
                current.bytes,
                0,
                MAX_PACKET_BYTES - SrtpContext.MAX_GROWTH_BYTES,
                marker,
                payloadType,
                seq,
                timestampTicks,
                ssrc);
        extensions.append(header, rid, known);
        return header.finish();
    }

    byte[] bytes() {
        return current.bytes;
    }

    /// Protects and sends what was begun, `length` bytes in all.
    void send(int length) {
        packets++;
        octets += length - RtpPacket.FIXED_HEADER_BYTES;
        history[seq % HISTORY_PACKETS] = current;
        current.seq = seq;
        current.length = peer.sendRtp(current.bytes, 0, length);
        seq = seq + 1 & 0xFFFF;
    }

    /// Whether the packet was still there to be sent again.
    boolean resend(int wanted) {
        Sent sent = history[wanted % HISTORY_PACKETS];
        if (sent == null || sent.seq != wanted || sent.length <= 0) {
            return false;
        }
        resent++;
        peer.resend(sent.bytes, 0, sent.length);
        return true;
    }

    void sendReport(long ntpTime) {
        rtcp.begin(report, 0, report.length - SrtpContext.MAX_GROWTH_BYTES);
        rtcp.senderReport(ssrc, ntpTime, lastTimestampTicks, packets, octets);
        rtcp.sdesCname(ssrc, extensions.cname());
        peer.sendRtcp(report, 0, rtcp.length());
    }
}
