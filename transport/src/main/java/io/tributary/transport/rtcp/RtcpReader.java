package io.tributary.transport.rtcp;

import static io.tributary.transport.rtcp.RtcpType.FEEDBACK_SSRC_BYTES;
import static io.tributary.transport.rtcp.RtcpType.HEADER_BYTES;
import static io.tributary.transport.rtcp.RtcpType.REPORT_BLOCK_BYTES;
import static io.tributary.transport.rtcp.RtcpType.SENDER_INFO_BYTES;
import static io.tributary.transport.rtcp.Words.i32;
import static io.tributary.transport.rtcp.Words.u16;
import static io.tributary.transport.rtcp.Words.u24;
import static io.tributary.transport.rtcp.Words.u32;
import static io.tributary.transport.rtcp.Words.u8;

/// Reads compound RTCP packets (RFC 3550 §6.1) and reduced-size ones (RFC 5506), decrypted, without making objects.
public final class RtcpReader {
    /// Transport-wide statuses told per compound packet. Two bytes can announce 8,191 packets as lost, so a
    /// datagram of such chunks would cost half a million calls; an honest peer reports every 100 ms or so, some
    /// 1,000 packets on the fastest connection.
    public static final int MAX_TRANSPORT_STATUSES = 8192;

    private RtcpReader() {}

    /// Tells `visitor` what `packet[offset, +length)` says.
    ///
    /// @return false when it is malformed. Nothing was told if the chain of packets is broken; where the inside
    /// of one of them is, what stands before it was told.
    public static boolean read(byte[] packet, int offset, int length, RtcpVisitor visitor) {
        int end = offset + length;
        if (!isChain(packet, offset, end)) {
            return false;
        }
        int statusesLeft = MAX_TRANSPORT_STATUSES;
        int at = offset;
        while (at < end) {
            int packetEnd = at + bytes(packet, at);
            int format = packet[at] & 0x1F;
            int type = u8(packet, at + 1);
            int padding = (packet[at] & 0x20) == 0 ? 0 : u8(packet, packetEnd - 1);
            int body = at + HEADER_BYTES;
            int bodyEnd = packetEnd - padding;
            boolean wellFormed = switch (type) {
                case RtcpType.SENDER_REPORT -> senderReport(packet, body, bodyEnd, format, visitor);
                case RtcpType.RECEIVER_REPORT -> receiverReport(packet, body, bodyEnd, format, visitor);
                case RtcpType.BYE -> bye(packet, body, bodyEnd, format, visitor);
                case RtcpType.PAYLOAD_FEEDBACK -> payloadFeedback(packet, body, bodyEnd, format, visitor);
                case RtcpType.TRANSPORT_FEEDBACK -> {
                    if (format == RtcpType.TRANSPORT_CC) {
                        int told = TransportFeedbackReader.read(packet, body, bodyEnd, statusesLeft, visitor);
                        statusesLeft -= told;
                        yield told >= 0;
                    }
                    yield transportFeedback(packet, body, bodyEnd, format, visitor);
                }
                default -> {
                    visitor.onOther(type, format);
                    yield true;
                }
            };
            if (!wellFormed) {
                return false;
            }
            at = packetEnd;
        }
        return true;
    }

    /// Whether the bytes are RTCP packets end to end: version 2, whole, padding only in the last (RFC 3550 §A.2).
    private static boolean isChain(byte[] packet, int offset, int end) {
        if (offset >= end) {
            return false;
        }
        int at = offset;
        while (at < end) {
            if (end - at < HEADER_BYTES || (packet[at] & 0xC0) != 0x80) {
                return false;
            }
            int next = at + bytes(packet, at);
            if (next > end) {
                return false;
            }
            if ((packet[at] & 0x20) != 0) {
                int padding = u8(packet, next - 1);
                if (next != end || padding == 0 || padding > next - at - HEADER_BYTES) {
                    return false;
                }
            }
            at = next;
        }
        return true;
    }

    private static int bytes(byte[] packet, int at) {
        return HEADER_BYTES + 4 * u16(packet, at + 2);
    }

    private static boolean senderReport(byte[] p, int body, int end, int blocks, RtcpVisitor visitor) {
        int info = body + 4;
        int firstBlock = info + SENDER_INFO_BYTES;
        if (end - firstBlock < blocks * REPORT_BLOCK_BYTES) {
            return false;
        }
        int ssrc = i32(p, body);
        long ntpTime = u32(p, info) << 32 | u32(p, info + 4);
        visitor.onSenderReport(ssrc, ntpTime, i32(p, info + 8), u32(p, info + 12), u32(p, info + 16));
        reportBlocks(p, firstBlock, blocks, ssrc, visitor);
        return true;
    }

    private static boolean receiverReport(byte[] p, int body, int end, int blocks, RtcpVisitor visitor) {
        int firstBlock = body + 4;
        if (end - firstBlock < blocks * REPORT_BLOCK_BYTES) {
            return false;
        }
        reportBlocks(p, firstBlock, blocks, i32(p, body), visitor);
        return true;
    }

    private static void reportBlocks(byte[] p, int first, int count, int reporterSsrc, RtcpVisitor visitor) {
        for (int i = 0; i < count; i++) {
            int at = first + i * REPORT_BLOCK_BYTES;
            int cumulativeLost = u24(p, at + 5) << 8 >> 8; // 24 bits, signed
            visitor.onReportBlock(
                    reporterSsrc,
                    i32(p, at),
                    u8(p, at + 4),
                    cumulativeLost,
                    u32(p, at + 8),
                    u32(p, at + 12),
                    i32(p, at + 16),
                    i32(p, at + 20));
        }
    }

    private static boolean bye(byte[] p, int body, int end, int ssrcs, RtcpVisitor visitor) {
        if (end - body < 4 * ssrcs) {
            return false;
        }
        for (int i = 0; i < ssrcs; i++) {
            visitor.onBye(i32(p, body + 4 * i));
        }
        return true;
    }

    private static boolean transportFeedback(byte[] p, int body, int end, int format, RtcpVisitor visitor) {
        if (end - body < FEEDBACK_SSRC_BYTES) {
            return false;
        }
        if (format != RtcpType.NACK) {
            visitor.onOther(RtcpType.TRANSPORT_FEEDBACK, format);
            return true;
        }
        int senderSsrc = i32(p, body);
        int mediaSsrc = i32(p, body + 4);
        for (int at = body + FEEDBACK_SSRC_BYTES; at + 4 <= end; at += 4) {
            visitor.onNack(senderSsrc, mediaSsrc, u16(p, at), u16(p, at + 2));
        }
        return true;
    }

    private static boolean payloadFeedback(byte[] p, int body, int end, int format, RtcpVisitor visitor) {
        if (end - body < FEEDBACK_SSRC_BYTES) {
            return false;
        }
        switch (format) {
            case RtcpType.PLI -> visitor.onPli(i32(p, body + 4));
            case RtcpType.FIR -> {
                for (int at = body + FEEDBACK_SSRC_BYTES; at + 8 <= end; at += 8) {
                    visitor.onFir(i32(p, at), u8(p, at + 4));
                }
            }
            default -> visitor.onOther(RtcpType.PAYLOAD_FEEDBACK, format);
        }
        return true;
    }
}
