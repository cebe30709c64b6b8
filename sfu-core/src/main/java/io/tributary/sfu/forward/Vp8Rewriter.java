package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.Vp8Payload;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps a VP8 stream's picture ids, TL0PICIDX and KEYIDX counting on across segments (RFC 7741 §4.2), by writing
/// the payload descriptor anew; the frame's bytes behind it stay as they are.
final class Vp8Rewriter implements PayloadRewriter {
    private static final int PICTURE_BITS = 15;
    private static final int PICTURE_MASK = 0x7FFF;

    private boolean anyPicture;
    private int lastPicture;
    private int lastTl0;
    private int lastKey;
    private final FrameFacts repeated = new FrameFacts();

    /// Numbers that a packet does not carry are [FrameFacts#NONE], and whatever their offset, nobody writes them.
    @Override
    public void begin(Segment segment, FrameFacts facts) {
        segment.pictureOffset = anyPicture ? facts.pictureId - (lastPicture + 1) : 0;
        segment.tl0Offset = anyPicture ? facts.tl0PicIdx - (lastTl0 + 1) : 0;
        segment.keyOffset = anyPicture ? facts.keyIdx - (lastKey + 1) : 0;
        segment.newestPicture = facts.pictureId;
    }

    /// Picture ids move up. Nothing else does: the frame is none of the base layer's, which TL0PICIDX counts, and
    /// no key frame.
    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {
        segment.newestPicture = countOn(segment, facts);
        segment.pictureOffset++;
    }

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        write(segment, packet, facts, header);
        if (facts.pictureId == FrameFacts.NONE) {
            return;
        }
        int counted = countOn(segment, facts);
        segment.newestPicture = Math.max(segment.newestPicture, counted);
        int sent = (counted - segment.pictureOffset) & PICTURE_MASK;
        if (!anyPicture || signExtend(sent - lastPicture, PICTURE_BITS) >= 0) {
            anyPicture = true;
            lastPicture = sent;
            lastTl0 = facts.tl0PicIdx - segment.tl0Offset;
            lastKey = facts.keyIdx - segment.keyOffset;
        }
    }

    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        Vp8Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), repeated);
        write(segment, packet, repeated, header);
    }

    private static void write(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        header.replaceNothing();
        header.replacedBytes = facts.descriptorLength;
        header.prefixBytes = facts.descriptorLength == 0
                ? 0
                : Vp8Payload.rewrite(
                        packet.array(),
                        packet.payloadOffset(),
                        facts,
                        countOn(segment, facts) - segment.pictureOffset,
                        facts.tl0PicIdx - segment.tl0Offset,
                        facts.keyIdx - segment.keyOffset,
                        header.prefix,
                        0);
    }

    /// The packet's picture id counted on beyond its 7 or 15 bits, as the one closest to the segment's newest.
    private static int countOn(Segment segment, FrameFacts facts) {
        return segment.newestPicture + signExtend(facts.pictureId - segment.newestPicture, facts.pictureIdBits);
    }

    private static int signExtend(int value, int bits) {
        return bits == 0 ? 0 : (value << (32 - bits)) >> (32 - bits);
    }
}
