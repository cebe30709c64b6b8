package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

final class Vp9Reader implements PayloadReader {
    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        facts.clear();
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        return true;
    }
}
