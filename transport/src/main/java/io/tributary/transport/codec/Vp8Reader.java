package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// VP8 by its payload descriptor ([Vp8Payload]), and by a dependency descriptor where there is one.
final class Vp8Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        if (!Vp8Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), facts)) {
            facts.clear();
            return false;
        }
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        facts.interPicture = !facts.keyframe;
        dependencies.read(packet, extendedSeq, facts);
        return true;
    }
}
