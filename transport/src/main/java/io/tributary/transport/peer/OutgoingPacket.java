package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;
import org.jspecify.annotations.Nullable;

/// Writes the packets of one outgoing stream straight into their buffers: hop-by-hop header extensions anew,
/// end-to-end ones copied under the receiver's ids, the payload copied behind its new prefix.
final class OutgoingPacket {
    private static final int OSN_BYTES = 2; // RFC 4588 §4: the original sequence number heads the payload
    private static final int ABS_SEND_TIME_BYTES = 3;
    private static final int TRANSPORT_CC_BYTES = 2;

    private final OutgoingMedia media;
    private final ExtensionMap extensions;
    private final byte[] mid;
    private final boolean withTransportCc;
    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final byte[] scratch = new byte[ABS_SEND_TIME_BYTES];

    OutgoingPacket(OutgoingMedia media) {
        this.media = media;
        extensions = media.extensions();
        mid = media.mid().getBytes(UTF_8);
        withTransportCc = extensions.has(HeaderExtension.TRANSPORT_CC);
    }

    /// Whether packets carry a transport-wide number.
    boolean numberedTransportWide() {
        return withTransportCc;
    }

    /// Writes a packet on the stream itself.
    ///
    /// @param transportSeq 16 bits, only used where transport-wide numbers were agreed
    /// @return false when it does not fit
    boolean write(
            long nowMicros,
            RtpPacket source,
            OutgoingHeader look,
            boolean withMid,
            int transportSeq,
            PacketBuffer buffer) {
        begin(buffer, look, media.format().payloadType(), look.seq, media.ssrc());
        int at = buffer.offset() + extend(nowMicros, source, look, withMid, transportSeq);
        return payload(source, look, at, buffer);
    }

    /// Writes the same packet as a retransmission under `repairSeq` (RFC 4588 §4).
    ///
    /// @return false when it does not fit
    boolean writeRepair(
            long nowMicros,
            RtpPacket source,
            OutgoingHeader look,
            boolean withMid,
            int transportSeq,
            int repairSeq,
            PacketBuffer buffer) {
        begin(buffer, look, media.format().rtxPayloadType(), repairSeq, media.rtxSsrc());
        int at = buffer.offset() + extend(nowMicros, source, look, withMid, transportSeq);
        buffer.array()[at] = (byte) (look.seq >>> 8);
        buffer.array()[at + 1] = (byte) look.seq;
        return payload(source, look, at + OSN_BYTES, buffer);
    }

    private void begin(PacketBuffer buffer, OutgoingHeader look, int payloadType, int seq, int ssrc) {
        header.begin(
                buffer.array(),
                buffer.offset(),
                PacketBuffer.CAPACITY - SrtpContext.MAX_GROWTH_BYTES - OSN_BYTES,
                look.marker,
                payloadType,
                seq,
                look.timestampTicks,
                ssrc);
    }

    /// Writes the extensions, as many as fit, and answers how long the header is.
    private int extend(long nowMicros, RtpPacket source, OutgoingHeader look, boolean withMid, int transportSeq) {
        int midId = extensions.id(HeaderExtension.MID);
        if (withMid && midId != 0) {
            header.append(midId, mid, 0, mid.length);
        }
        int absSendTimeId = extensions.id(HeaderExtension.ABS_SEND_TIME);
        if (absSendTimeId != 0) {
            int time = (int) ((nowMicros << 18) / 1_000_000); // seconds in 6.18 fixed point
            scratch[0] = (byte) (time >>> 16);
            scratch[1] = (byte) (time >>> 8);
            scratch[2] = (byte) time;
            header.append(absSendTimeId, scratch, 0, ABS_SEND_TIME_BYTES);
        }
        if (withTransportCc) {
            scratch[0] = (byte) (transportSeq >>> 8);
            scratch[1] = (byte) transportSeq;
            header.append(extensions.id(HeaderExtension.TRANSPORT_CC), scratch, 0, TRANSPORT_CC_BYTES);
        }
        int descriptorId = extensions.id(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        if (look.descriptorBytes > 0 && descriptorId != 0) {
            header.append(descriptorId, look.descriptor, 0, look.descriptorBytes);
        }
        for (int cursor = source.firstElement(); cursor >= 0; cursor = source.nextElement(cursor)) {
            @Nullable HeaderExtension extension = source.extensions().extension(source.elementId(cursor));
            if (extension != null && !extension.hopByHop() && extensions.has(extension)) {
                header.append(
                        extensions.id(extension),
                        source.array(),
                        source.elementData(cursor),
                        source.elementLength(cursor));
            }
        }
        return header.finish();
    }

    private static boolean payload(RtpPacket source, OutgoingHeader look, int from, PacketBuffer buffer) {
        int kept = source.payloadLength() - look.replacedBytes;
        if (kept < 0) {
            throw new IllegalStateException("the header replaces more payload than there is");
        }
        int end = from + look.prefixBytes + kept;
        if (end > PacketBuffer.CAPACITY - SrtpContext.MAX_GROWTH_BYTES) {
            return false;
        }
        System.arraycopy(look.prefix, 0, buffer.array(), from, look.prefixBytes);
        System.arraycopy(
                source.array(),
                source.payloadOffset() + look.replacedBytes,
                buffer.array(),
                from + look.prefixBytes,
                kept);
        buffer.length(end - buffer.offset());
        return true;
    }
}
