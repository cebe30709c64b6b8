package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// VP9 by its payload descriptor ([Vp9Payload]), and by a dependency descriptor where there is one. Remembers
/// how many spatial layers there are: a scalability structure holds until the next (RFC 9628 §4.2.1), and the one
/// before it for packets from before that come late.
final class Vp9Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();
    private int spatialLayers;
    private long structureSeq = Long.MIN_VALUE;
    private int earlierSpatialLayers;

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        if (!Vp9Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), facts)) {
            facts.clear();
            return false;
        }
        facts.endsPicture = packet.marker();
        if (facts.spatialLayers == 0) {
            facts.spatialLayers = knownLayers(extendedSeq, facts.spatialId);
        } else if (extendedSeq > structureSeq) {
            structureSeq = extendedSeq;
            earlierSpatialLayers = spatialLayers;
            spatialLayers = facts.spatialLayers;
        }
        dependencies.read(packet, extendedSeq, facts);
        return true;
    }

    /// A frame above what was said last shows that a structure was lost, or is still to come.
    private int knownLayers(long extendedSeq, int spatialId) {
        boolean current = extendedSeq > structureSeq;
        int known = current ? spatialLayers : earlierSpatialLayers;
        if (known > 0 && spatialId >= known) {
            known = spatialId + 1;
            spatialLayers = current ? known : spatialLayers;
        }
        return known;
    }
}
