package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.RtpPacket;

/// For codecs that count nothing outside of the RTP header.
final class UntouchedPayload implements PayloadRewriter {
    /// Remembers nothing, so one will do for all.
    static final UntouchedPayload INSTANCE = new UntouchedPayload();

    private UntouchedPayload() {}

    @Override
    public void begin(Segment segment, FrameFacts facts) {}

    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {}

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        header.replaceNothing();
    }

    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        header.replaceNothing();
    }
}
