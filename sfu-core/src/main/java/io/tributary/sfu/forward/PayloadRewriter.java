package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps what a codec counts in front of its payload counting on, across layers and what is left out of them. The
/// frames' own bytes are never its business.
///
/// One for each forwarder, chosen once; everything else about forwarding is the same for every codec.
sealed interface PayloadRewriter permits UntouchedPayload, Vp8Rewriter, Vp9Rewriter, DescriptorRewriter {
    static PayloadRewriter of(Codec codec) {
        return switch (codec) {
            case OPUS, H264, H265 -> UntouchedPayload.INSTANCE;
            case VP8 -> new Vp8Rewriter();
            case VP9 -> new Vp9Rewriter();
            case AV1 -> new DescriptorRewriter();
        };
    }

    /// Sets the offsets of a new segment by its first packet, the beginning of a key frame.
    void begin(Segment segment, FrameFacts facts);

    /// A whole frame, of which this is the first packet that came, is left out before `segment`.
    void leaveOut(Segment segment, FrameFacts facts);

    /// Fills in what `header` replaces, for a packet that is sent for the first time, in `segment`.
    void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header);

    /// Fills in what [#rewrite] did when the packet was first sent in `segment`.
    void repeat(Segment segment, RtpPacket packet, OutgoingHeader header);
}
