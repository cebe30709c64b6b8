package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// H.265 by its NAL unit types ([H265Payload]), and by a dependency descriptor where there is one.
///
/// As with H.264, a receiver starts at the parameter sets; the first packet that has any begins the key frame.
final class H265Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();
    private final FrameBoundary boundary = new FrameBoundary();
    private boolean anyParameters;
    private long parametersSeq;
    private int parametersTimestampTicks;

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        facts.clear();
        boolean begins = boundary.begins(packet, extendedSeq);
        int units = H265Payload.units(packet.array(), packet.payloadOffset(), packet.payloadLength());
        if (units == 0) {
            return false;
        }
        boolean parameters = (units & H265Payload.PARAMETERS) != 0;
        facts.keyframe = parameters && firstParameters(packet, extendedSeq);
        facts.startsFrame = begins || facts.keyframe;
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        facts.temporalId = H265Payload.temporalId(packet.array(), packet.payloadOffset());
        facts.layerSync = (units & H265Payload.LAYER_ACCESS) != 0;
        facts.interPicture = !parameters && (units & H265Payload.RANDOM_ACCESS) == 0;
        facts.discardable = (units & (H265Payload.SLICE | H265Payload.CONTINUED)) != 0
                && (units & (H265Payload.REFERENCE | H265Payload.RANDOM_ACCESS)) == 0;
        dependencies.read(packet, extendedSeq, facts);
        return true;
    }

    /// Video, sequence and picture parameter sets may come in packets of their own: the first of a picture
    /// begins it.
    private boolean firstParameters(RtpPacket packet, long extendedSeq) {
        boolean later =
                anyParameters && extendedSeq > parametersSeq && packet.timestampTicks() == parametersTimestampTicks;
        if (later) {
            return false;
        }
        if (!anyParameters || extendedSeq > parametersSeq) {
            anyParameters = true;
            parametersSeq = extendedSeq;
            parametersTimestampTicks = packet.timestampTicks();
        }
        return true;
    }
}
