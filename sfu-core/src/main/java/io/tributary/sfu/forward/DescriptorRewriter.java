package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps the frame numbers of a stream's dependency descriptors counting on across segments (AV1 RTP
/// specification, appendix A). Frames refer to each other by the difference of their numbers, so within a segment
/// they stay the publisher's own, with gaps where frames are left out.
final class DescriptorRewriter implements PayloadRewriter {
    /// Bits for the frame's first and last packet and the template, then the frame number.
    private static final int MANDATORY_BYTES = 3;

    private boolean any;
    private int lastFrame;

    @Override
    public void begin(Segment segment, FrameFacts facts) {
        segment.pictureOffset =
                any && facts.dependencies != null ? facts.dependencies.frameNumber - (lastFrame + 1) : 0;
    }

    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {}

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        repeat(segment, packet, header);
        if (facts.dependencies != null) {
            int sent = facts.dependencies.frameNumber - segment.pictureOffset;
            if (!any || (short) (sent - lastFrame) >= 0) {
                any = true;
                lastFrame = sent;
            }
        }
    }

    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        header.replaceNothing();
        int found = packet.find(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        int length = found & 0xFF;
        if (found < 0 || length < MANDATORY_BYTES) {
            return;
        }
        System.arraycopy(packet.array(), found >>> 8, header.descriptor, 0, length);
        int frame = ((header.descriptor[1] & 0xFF) << 8 | header.descriptor[2] & 0xFF) - segment.pictureOffset;
        header.descriptor[1] = (byte) (frame >>> 8);
        header.descriptor[2] = (byte) frame;
        header.descriptorBytes = length;
    }
}
