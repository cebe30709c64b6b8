package io.tributary.sfu.forward;

import io.tributary.sfu.track.FrameShares;
import io.tributary.transport.codec.DependencyDescriptor;
import io.tributary.transport.codec.FrameDependencies;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;

/// Keeps the frame numbers of a stream's dependency descriptors counting on across segments (AV1 RTP payload
/// format, appendix A), and tells the receiver which decode targets it is being sent.
///
/// Frames refer to each other by the difference of their numbers, so within a segment those stay the publisher's
/// own, with gaps where frames are left out.
final class DescriptorRewriter implements PayloadRewriter {
    /// Bits for the frame's first and last packet and the template, then the frame number.
    private static final int MANDATORY_BYTES = 3;

    private static final int LONGEST_REWRITTEN =
            OutgoingHeader.MAX_DESCRIPTOR_BYTES - DependencyDescriptor.MAX_GROWTH_BYTES;

    private boolean any;
    private int lastFrame;

    /// The targets that the receiver was told of last, and the timestamp of the picture that told it: every packet
    /// of that one says so, for the first may be lost.
    private int toldTargets;

    private int tellingTicks;

    @Override
    public void begin(Segment segment, FrameFacts facts) {
        FrameDependencies frame = facts.dependencies;
        segment.pictureOffset = any && frame != null ? frame.frameNumber - (lastFrame + 1) : 0;
    }

    @Override
    public void leaveOut(Segment segment, FrameFacts facts) {}

    @Override
    public void rewrite(Segment segment, RtpPacket packet, FrameFacts facts, OutgoingHeader header) {
        repeat(segment, packet, header);
        FrameDependencies frame = facts.dependencies;
        if (frame == null) {
            return;
        }
        int sent = frame.frameNumber - segment.pictureOffset;
        if (!any || (short) (sent - lastFrame) >= 0) {
            any = true;
            lastFrame = sent;
        }
        int targets = targets(segment, frame);
        if (frame.attachesStructure || frame.activeTargets != targets && targets != toldTargets) {
            tellingTicks = packet.timestampTicks();
            toldTargets = targets;
        }
        if (packet.timestampTicks() == tellingTicks && targets != frame.activeTargets) {
            tell(packet, frame, sent, targets, header);
        }
    }

    /// A repeated packet does not say again which targets there are: others of its picture have.
    @Override
    public void repeat(Segment segment, RtpPacket packet, OutgoingHeader header) {
        header.replaceNothing();
        int found = packet.find(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        int length = found & 0xFF;
        if (found < 0 || length < MANDATORY_BYTES) {
            return;
        }
        System.arraycopy(packet.array(), found >>> 8, header.descriptor, 0, length);
        int number = (header.descriptor[DependencyDescriptor.FRAME_NUMBER_OFFSET] & 0xFF) << 8
                | header.descriptor[DependencyDescriptor.FRAME_NUMBER_OFFSET + 1] & 0xFF;
        DependencyDescriptor.frameNumber(header.descriptor, 0, number - segment.pictureOffset);
        header.descriptorBytes = length;
    }

    private static void tell(
            RtpPacket packet, FrameDependencies frame, int number, int targets, OutgoingHeader header) {
        int found = packet.find(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        if (found >= 0 && (found & 0xFF) <= LONGEST_REWRITTEN) {
            header.descriptorBytes = DependencyDescriptor.rewrite(
                    packet.array(), found >>> 8, frame, number, targets, header.descriptor, 0);
        }
    }

    /// The publisher's active targets that hold no more than is let through.
    private static int targets(Segment segment, FrameDependencies frame) {
        if (segment.spatialLayer == FrameShares.EVERY_SPATIAL
                && segment.temporalLayer == FrameShares.HIGHEST_TEMPORAL) {
            return frame.activeTargets;
        }
        int targets = 0;
        for (int spatial = 0; spatial <= segment.spatialLayer; spatial++) {
            for (int temporal = 0; temporal <= segment.temporalLayer; temporal++) {
                int target = frame.targetFor(spatial, temporal);
                targets |= target < 0 ? 0 : 1 << target;
            }
        }
        return targets & frame.activeTargets;
    }
}
