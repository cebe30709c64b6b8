package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;
import org.jspecify.annotations.Nullable;

/// Writes the packets of one outgoing stream straight into their buffers (RFC 3550 §5.1, RFC 8285): hop-by-hop header
/// extensions anew, end-to-end ones copied under the receiver's ids, the payload copied behind its new prefix.
final class OutgoingPacket {
    private static final int VERSION_2 = 0x80;
    private static final int EXTENSION_BIT = 0x10;
    private static final int EXTENSION_HEADER_BYTES = 4;
    private static final int ONE_BYTE_PROFILE = 0xBEDE;
    private static final int TWO_BYTE_PROFILE = 0x1000;
    private static final int MAX_ONE_BYTE_ID = 14;
    private static final int MAX_ONE_BYTE_DATA = 16;
    private static final int OSN_BYTES = 2; // RFC 4588 §4

    private final int ssrc;
    private final int rtxSsrc;
    private final PayloadFormat format;
    private final OutgoingMedia media;
    private final byte[] mid;
    private final int midId;
    private final int absSendTimeId;
    private final int transportCcId;
    private final boolean ownNeedTwoBytes;
    private final int ownBytes;

    private byte[] array = new byte[0];
    private int at;
    private boolean twoByte;

    OutgoingPacket(OutgoingMedia media) {
        this.media = media;
        ssrc = media.ssrc();
        rtxSsrc = media.rtxSsrc();
        format = media.format();
        mid = media.mid().getBytes(UTF_8);
        midId = mid.length == 0 ? 0 : media.extensions().id(HeaderExtension.MID);
        absSendTimeId = media.extensions().id(HeaderExtension.ABS_SEND_TIME);
        transportCcId = media.extensions().id(HeaderExtension.TRANSPORT_CC);
        ownNeedTwoBytes = Math.max(midId, Math.max(absSendTimeId, transportCcId)) > MAX_ONE_BYTE_ID
                || midId != 0 && mid.length > MAX_ONE_BYTE_DATA;
        ownBytes = EXTENSION_HEADER_BYTES + (2 + mid.length) + (2 + 3) + (2 + 2) + 3; // with element headers, padded
    }

    /// Whether a packet made from `source` surely fits a buffer, tag included.
    boolean fits(RtpPacket source, OutgoingHeader header) {
        // An element that moves from one-byte to two-byte form grows by one byte, so extensions at most double.
        int headerBytes = source.payloadOffset() - source.buffer().offset();
        return 2 * headerBytes + ownBytes + header.prefixBytes + OSN_BYTES + source.payloadLength()
                <= PacketBuffer.CAPACITY - PacketBuffer.HEADROOM - SrtpContext.MAX_GROWTH_BYTES;
    }

    /// Writes a packet on the stream itself.
    ///
    /// @param transportSeq 16 bits, only used where transport-wide numbers were agreed
    void write(
            long nowMicros,
            RtpPacket source,
            OutgoingHeader header,
            boolean withMid,
            int transportSeq,
            PacketBuffer buffer) {
        begin(buffer);
        head(header, format.payloadType(), header.seq, ssrc);
        extensions(nowMicros, source, withMid, transportSeq, buffer.offset());
        payload(source, header);
        buffer.length(at - buffer.offset());
    }

    /// Writes the same packet as a retransmission under `repairSeq` (RFC 4588 §4).
    void writeRepair(
            long nowMicros,
            RtpPacket source,
            OutgoingHeader header,
            boolean withMid,
            int transportSeq,
            int repairSeq,
            PacketBuffer buffer) {
        begin(buffer);
        head(header, format.rtxPayloadType(), repairSeq, rtxSsrc);
        extensions(nowMicros, source, withMid, transportSeq, buffer.offset());
        put16(header.seq);
        payload(source, header);
        buffer.length(at - buffer.offset());
    }

    /// Whether packets carry a transport-wide number.
    boolean numberedTransportWide() {
        return transportCcId != 0;
    }

    private void begin(PacketBuffer buffer) {
        array = buffer.array();
        at = buffer.offset();
    }

    private void head(OutgoingHeader header, int payloadType, int seq, int streamSsrc) {
        array[at++] = (byte) VERSION_2;
        array[at++] = (byte) (payloadType | (header.marker ? 0x80 : 0));
        put16(seq);
        put32(header.timestampTicks);
        put32(streamSsrc);
    }

    private void extensions(long nowMicros, RtpPacket source, boolean withMid, int transportSeq, int packetStart) {
        int start = at;
        at += EXTENSION_HEADER_BYTES;
        twoByte = ownNeedTwoBytes || endToEndNeedTwoBytes(source);
        if (withMid && midId != 0) {
            element(midId, mid.length);
            System.arraycopy(mid, 0, array, at, mid.length);
            at += mid.length;
        }
        if (absSendTimeId != 0) {
            element(absSendTimeId, 3);
            int time = (int) ((nowMicros << 18) / 1_000_000); // seconds in 6.18 fixed point
            array[at++] = (byte) (time >>> 16);
            put16(time);
        }
        if (transportCcId != 0) {
            element(transportCcId, 2);
            put16(transportSeq);
        }
        for (int cursor = source.firstElement(); cursor >= 0; cursor = source.nextElement(cursor)) {
            int id = forwardedId(source, cursor);
            if (id != 0) {
                int length = source.elementLength(cursor);
                element(id, length);
                System.arraycopy(source.array(), source.elementData(cursor), array, at, length);
                at += length;
            }
        }
        if (at == start + EXTENSION_HEADER_BYTES) {
            at = start;
            return;
        }
        while ((at - start) % 4 != 0) {
            array[at++] = 0;
        }
        int end = at;
        at = start;
        put16(twoByte ? TWO_BYTE_PROFILE : ONE_BYTE_PROFILE);
        put16((end - start) / 4 - 1);
        at = end;
        array[packetStart] |= EXTENSION_BIT;
    }

    private boolean endToEndNeedTwoBytes(RtpPacket source) {
        for (int cursor = source.firstElement(); cursor >= 0; cursor = source.nextElement(cursor)) {
            int id = forwardedId(source, cursor);
            int length = source.elementLength(cursor);
            if (id > MAX_ONE_BYTE_ID || id != 0 && (length == 0 || length > MAX_ONE_BYTE_DATA)) {
                return true;
            }
        }
        return false;
    }

    /// The receiver's id for an element that goes end to end, 0 for one that stops here.
    private int forwardedId(RtpPacket source, int cursor) {
        @Nullable HeaderExtension extension = source.extensions().extension(source.elementId(cursor));
        return extension == null || extension.hopByHop()
                ? 0
                : media.extensions().id(extension);
    }

    private void payload(RtpPacket source, OutgoingHeader header) {
        System.arraycopy(header.prefix, 0, array, at, header.prefixBytes);
        at += header.prefixBytes;
        int kept = source.payloadLength() - header.replacedBytes;
        if (kept < 0) {
            throw new IllegalStateException("the header replaces more payload than there is");
        }
        System.arraycopy(source.array(), source.payloadOffset() + header.replacedBytes, array, at, kept);
        at += kept;
    }

    private void element(int id, int length) {
        if (twoByte) {
            array[at++] = (byte) id;
            array[at++] = (byte) length;
        } else {
            array[at++] = (byte) (id << 4 | (length - 1));
        }
    }

    private void put16(int value) {
        array[at++] = (byte) (value >>> 8);
        array[at++] = (byte) value;
    }

    private void put32(int value) {
        put16(value >>> 16);
        put16(value);
    }
}
