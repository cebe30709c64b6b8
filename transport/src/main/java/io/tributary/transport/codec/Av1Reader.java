package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// AV1 by its dependency descriptor; without one, by its aggregation header, which tells key frames and nothing
/// of layers.
final class Av1Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();
    private final FrameBoundary boundary = new FrameBoundary();

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        facts.clear();
        boolean begins = boundary.begins(packet, extendedSeq);
        int header = packet.payloadLength() > 0 ? packet.array()[packet.payloadOffset()] : 0;
        if (!Av1Payload.valid(header, packet.payloadLength())) {
            return false;
        }
        facts.keyframe = Av1Payload.startsSequence(header);
        facts.startsFrame = begins || facts.keyframe;
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        facts.interPicture = !facts.keyframe;
        return switch (dependencies.read(packet, extendedSeq, facts)) {
            case NOTHING -> true;
            case DESCRIPTOR -> {
                FrameDependencies read = facts.dependencies;
                facts.keyframe = facts.startsFrame && read != null && read.beginsSequence();
                yield true;
            }
            case UNREADABLE -> {
                facts.clear();
                yield false;
            }
        };
    }
}
