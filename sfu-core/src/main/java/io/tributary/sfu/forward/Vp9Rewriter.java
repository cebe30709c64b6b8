package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.Vp9Payload;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps a VP9 stream's picture ids and TL0PICIDX counting on across segments (RFC 9628 §4.2).
///
/// Within a segment they stay the publisher's own, whatever is left out: receivers work out what a picture refers
/// to by its picture id's place in a pattern that repeats, and expect gaps where layers are missing.
final class Vp9Rewriter implements PayloadRewriter {
    private static final int PICTURE_BITS = 15;

    private boolean any;
    private int lastPicture;
    private int lastTl0;
    private final FrameFacts repeated = new FrameFacts();

    @Override
    public void begin(Segment segment, FrameFacts facts) {
        segment.pictureOffset = any ? facts.pictureId - (lastPicture + 1) : 0;
        segment.tl0Offset = any ? facts.tl0PicIdx - (lastTl0 + 1) : 0;
    }

    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {}

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        write(segment, packet, facts, header);
        if (facts.pictureId == FrameFacts.NONE) {
            return;
        }
        int sent = facts.pictureId - segment.pictureOffset;
        int ahead = (sent - lastPicture) << (Integer.SIZE - PICTURE_BITS);
        if (!any || ahead >= 0) {
            any = true;
            lastPicture = sent;
            lastTl0 = facts.tl0PicIdx - segment.tl0Offset;
        }
    }

    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        Vp9Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), repeated);
        write(segment, packet, repeated, header);
    }

    private static void write(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        header.replaceNothing();
        boolean moved = segment.pictureOffset != 0 || segment.tl0Offset != 0;
        if (moved && facts.descriptorLength > 0) {
            header.prefixBytes = Vp9Payload.rewrite(
                    packet.array(),
                    packet.payloadOffset(),
                    facts,
                    facts.pictureId - segment.pictureOffset,
                    facts.tl0PicIdx - segment.tl0Offset,
                    header.prefix,
                    0);
            header.replacedBytes = header.prefixBytes;
        }
    }
}
