package io.tributary.transport.peer;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The packet that a connection is about to send: composed as a head of its own and a stretch of its source's
/// payload, then placed, in one piece, where it is sent from. One for all streams of a connection.
///
/// ```
/// head                                          source's payload
/// RTP header | extensions | RTX number | prefix   replaced | kept ……………    padding
/// └──────────────── at(0) ────────────────────┘            └── at(head) ──┘ └ P bit ┘
/// ```
/// Of the header extensions hop-by-hop ones are written anew, end-to-end ones copied under the receiver's ids.
final class OutgoingPacket {
    /// What a packet may have before its protection grows it.
    static final int MAX_BYTES = PacketBuffer.CAPACITY - PacketBuffer.HEADROOM - SrtpContext.MAX_GROWTH_BYTES;

    /// Header and extensions: a dozen of usual size, or one of the largest and some more. What is beyond stays
    /// away.
    private static final int MAX_HEADER_BYTES = 512;

    private static final int OSN_BYTES = 2; // RFC 4588 §4: the original sequence number heads the payload
    private static final int ABS_SEND_TIME_BYTES = 3;
    private static final int TRANSPORT_CC_BYTES = 2;
    private static final byte PADDING_FLAG = 0x20;

    private final RtpHeaderWriter header = new RtpHeaderWriter();
    private final byte[] head = new byte[MAX_HEADER_BYTES + OSN_BYTES + OutgoingHeader.MAX_PREFIX_BYTES];
    private final byte[] scratch = new byte[ABS_SEND_TIME_BYTES];

    private @Nullable RtpPacket source;
    private int ssrc;
    private int seq;
    private boolean urgent;
    private boolean more;
    private int headerLength;
    private int headLength;
    private int keptOffset;
    private int keptLength;

    /// A packet on the stream itself.
    ///
    /// @param mid empty when the receiver knows it
    /// @param transportSeq 16 bits, only used where transport-wide numbers were agreed
    void compose(
            long nowMicros, OutgoingMedia media, byte[] mid, RtpPacket from, OutgoingHeader look, int transportSeq) {
        begin(media, look, media.format().payloadType(), look.seq, media.ssrc());
        extend(nowMicros, media.extensions(), mid, from, look, transportSeq);
        payload(from, look);
    }

    /// The same packet as a retransmission under `repairSeq` (RFC 4588 §4).
    void composeRepair(
            long nowMicros,
            OutgoingMedia media,
            byte[] mid,
            RtpPacket from,
            OutgoingHeader look,
            int transportSeq,
            int repairSeq) {
        begin(media, look, media.format().rtxPayloadType(), repairSeq, media.rtxSsrc());
        extend(nowMicros, media.extensions(), mid, from, look, transportSeq);
        head[headLength++] = (byte) (look.seq >>> 8);
        head[headLength++] = (byte) look.seq;
        payload(from, look);
    }

    int sizeBytes() {
        return headLength + keptLength;
    }

    /// Whether it can be sent at all.
    boolean fits() {
        return sizeBytes() <= MAX_BYTES;
    }

    int ssrc() {
        return ssrc;
    }

    int seq() {
        return seq;
    }

    /// Bytes of the RTP header with its extensions.
    int headerLength() {
        return headerLength;
    }

    /// Whether it is of no use late, and small: audio.
    boolean urgent() {
        return urgent;
    }

    /// Whether packets of about the same size are likely to follow: it does not end its frame.
    boolean more() {
        return more;
    }

    /// Writes it to `buffer`.
    void place(PacketBuffer buffer) {
        System.arraycopy(head, 0, buffer.array(), buffer.offset(), headLength);
        System.arraycopy(kept(), keptOffset, buffer.array(), buffer.offset() + headLength, keptLength);
        buffer.length(sizeBytes());
    }

    /// Writes it to `memory` from `at` on, with `paddingBytes` of padding (RFC 3550 §5.1), 255 at most.
    void place(MemorySegment memory, long at, int paddingBytes) {
        MemorySegment.copy(head, 0, memory, JAVA_BYTE, at, headLength);
        MemorySegment.copy(kept(), keptOffset, memory, JAVA_BYTE, at + headLength, keptLength);
        if (paddingBytes > 0) {
            memory.set(JAVA_BYTE, at, (byte) (head[0] | PADDING_FLAG));
            long end = at + sizeBytes() + paddingBytes;
            for (long i = end - paddingBytes; i < end - 1; i++) {
                memory.set(JAVA_BYTE, i, (byte) 0);
            }
            memory.set(JAVA_BYTE, end - 1, (byte) paddingBytes);
        }
    }

    /// Forgets the source, which was lent.
    void clear() {
        source = null;
    }

    private void begin(OutgoingMedia media, OutgoingHeader look, int payloadType, int itsSeq, int itsSsrc) {
        seq = itsSeq;
        ssrc = itsSsrc;
        urgent = media.urgent();
        more = !urgent && !look.marker;
        header.begin(head, 0, MAX_HEADER_BYTES, look.marker, payloadType, itsSeq, look.timestampTicks, itsSsrc);
    }

    /// Writes the extensions, as many as fit.
    private void extend(
            long nowMicros,
            ExtensionMap extensions,
            byte[] mid,
            RtpPacket from,
            OutgoingHeader look,
            int transportSeq) {
        int midId = extensions.id(HeaderExtension.MID);
        if (mid.length > 0 && midId != 0) {
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
        int transportCcId = extensions.id(HeaderExtension.TRANSPORT_CC);
        if (transportCcId != 0) {
            scratch[0] = (byte) (transportSeq >>> 8);
            scratch[1] = (byte) transportSeq;
            header.append(transportCcId, scratch, 0, TRANSPORT_CC_BYTES);
        }
        int descriptorId = extensions.id(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        if (look.descriptorBytes > 0 && descriptorId != 0) {
            header.append(descriptorId, look.descriptor, 0, look.descriptorBytes);
        }
        for (int cursor = from.firstElement(); cursor >= 0; cursor = from.nextElement(cursor)) {
            @Nullable HeaderExtension extension = from.extensions().extension(from.elementId(cursor));
            if (extension != null && !extension.hopByHop() && extensions.has(extension)) {
                header.append(
                        extensions.id(extension), from.array(), from.elementData(cursor), from.elementLength(cursor));
            }
        }
        headerLength = header.finish();
        headLength = headerLength;
    }

    private void payload(RtpPacket from, OutgoingHeader look) {
        source = from;
        keptOffset = from.payloadOffset() + look.replacedBytes;
        keptLength = from.payloadLength() - look.replacedBytes;
        if (keptLength < 0) {
            throw new IllegalStateException("the header replaces more payload than there is");
        }
        System.arraycopy(look.prefix, 0, head, headLength, look.prefixBytes);
        headLength += look.prefixBytes;
    }

    private byte[] kept() {
        RtpPacket from = source;
        if (from == null) {
            throw new IllegalStateException("no packet is composed");
        }
        return from.array();
    }
}
