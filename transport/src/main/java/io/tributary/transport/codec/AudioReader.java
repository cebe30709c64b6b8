package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// A packet of audio is a frame of its own, and each of them is a beginning.
final class AudioReader implements PayloadReader {
    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        facts.clear();
        facts.startsFrame = true;
        facts.endsFrame = true;
        facts.endsPicture = true;
        facts.keyframe = true;
        facts.interPicture = false;
        return true;
    }
}
