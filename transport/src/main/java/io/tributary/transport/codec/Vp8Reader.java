package io.tributary.transport.codec;

import io.tributary.transport.codec.DependencyReader.Found;
import io.tributary.transport.rtp.RtpPacket;

/// VP8 by its payload descriptor ([Vp8Payload]), and by a dependency descriptor where there is one.
///
/// Key frames are told by the frame's first byte, which is part of the payload format (RFC 7741 §4.3) and which
/// encryption has to spare. Where a whole frame may be wrapped, header and all, that byte is the wrapper's: then
/// only a dependency descriptor tells key frames.
final class Vp8Reader implements PayloadReader {
    private final DependencyReader dependencies = new DependencyReader();
    private final boolean headerClear;

    /// @param headerClear whether frames are known to begin as their encoder wrote them
    Vp8Reader(boolean headerClear) {
        this.headerClear = headerClear;
    }

    @Override
    public boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        if (!Vp8Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), facts)) {
            facts.clear();
            return false;
        }
        facts.endsFrame = packet.marker();
        facts.endsPicture = packet.marker();
        if (!headerClear && facts.startsFrame) {
            disbelieve(packet, facts);
        }
        facts.interPicture = !facts.keyframe;
        Found found = dependencies.read(packet, extendedSeq, facts);
        FrameDependencies described = facts.dependencies;
        if (!headerClear && found == Found.DESCRIPTOR && described != null) {
            facts.keyframe = facts.startsFrame && described.beginsSequence();
            facts.keyframeHidden = false;
        }
        return true;
    }

    /// The first byte is readable either way, and tells which of the two it is for all but the first eight frames
    /// under an SFrame key. Nothing behind it is looked at.
    private static void disbelieve(RtpPacket packet, FrameFacts facts) {
        if (Vp8Payload.isForeign(packet.array()[packet.payloadOffset() + facts.descriptorLength])) {
            facts.keyframe = false;
            facts.keyframeHidden = true;
        }
    }
}
