package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// H.264 by its NAL unit types ([H264Payload]), and by a dependency descriptor where there is one.
///
/// A receiver starts at a sequence parameter set: encoders send one before each picture that refers to no other,
/// and without it such a picture cannot be decoded by somebody new.
final class H264Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();
    private final FrameBoundary boundary = new FrameBoundary();

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        facts.clear();
        boolean begins = boundary.begins(packet, extendedSeq);
        int units = H264Payload.units(packet.array(), packet.payloadOffset(), packet.payloadLength());
        if (units == 0) {
            return false;
        }
        facts.keyframe = (units & H264Payload.SPS) != 0;
        facts.startsFrame = begins || facts.keyframe;
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        facts.interPicture = (units & (H264Payload.SPS | H264Payload.IDR)) == 0;
        facts.discardable = (units & (H264Payload.SLICE | H264Payload.CONTINUED)) != 0
                && (units & (H264Payload.REFERENCE | H264Payload.IDR)) == 0;
        dependencies.read(packet, extendedSeq, facts);
        return true;
    }
}
