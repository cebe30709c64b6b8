package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps a VP9 stream's picture ids and TL0PICIDX counting on across segments (RFC 9628 §4.2).
///
/// Within a segment they stay the publisher's own, whatever is left out: receivers work out what a picture refers
/// to by its picture id's place in a pattern that repeats, and expect gaps where layers are missing.
final class Vp9Rewriter implements PayloadRewriter {
    private static final int HAS_PICTURE_ID = 0x80;
    private static final int HAS_LAYERS = 0x20;
    private static final int FLEXIBLE = 0x10;
    private static final int LONG_PICTURE_ID = 0x80;
    private static final int PICTURE_BITS = 15;

    private boolean any;
    private int lastPicture;
    private int lastTl0;

    @Override
    public void begin(Segment segment, FrameFacts facts) {
        segment.pictureOffset = any ? facts.pictureId - (lastPicture + 1) : 0;
        segment.tl0Offset = any ? facts.tl0PicIdx - (lastTl0 + 1) : 0;
    }

    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {}

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        repeat(segment, packet, header);
        if (facts.pictureId == FrameFacts.NONE) {
            return;
        }
        int sent = facts.pictureId - segment.pictureOffset;
        int ahead = sent - lastPicture << 32 - PICTURE_BITS;
        if (!any || ahead >= 0) {
            any = true;
            lastPicture = sent;
            lastTl0 = facts.tl0PicIdx - segment.tl0Offset;
        }
    }

    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        header.replaceNothing();
        byte[] source = packet.array();
        int from = packet.payloadOffset();
        int end = from + packet.payloadLength();
        int first = from < end ? source[from] : 0;
        if ((first & HAS_PICTURE_ID) == 0 || segment.pictureOffset == 0 && segment.tl0Offset == 0) {
            return;
        }
        boolean isLong = from + 1 < end && (source[from + 1] & LONG_PICTURE_ID) != 0;
        boolean counted = (first & HAS_LAYERS) != 0 && (first & FLEXIBLE) == 0;
        int layers = from + (isLong ? 3 : 2);
        int bytes = layers - from + (counted ? 2 : 0);
        if (from + bytes > end) {
            return;
        }
        System.arraycopy(source, from, header.prefix, 0, bytes);
        if (isLong) {
            int picture = ((source[from + 1] & 0x7F) << 8 | source[from + 2] & 0xFF) - segment.pictureOffset;
            header.prefix[1] = (byte) (LONG_PICTURE_ID | picture >>> 8 & 0x7F);
            header.prefix[2] = (byte) picture;
        } else {
            header.prefix[1] = (byte) (source[from + 1] - segment.pictureOffset & 0x7F);
        }
        if (counted) {
            header.prefix[bytes - 1] = (byte) (source[layers + 1] - segment.tl0Offset);
        }
        header.replacedBytes = bytes;
        header.prefixBytes = bytes;
    }
}
