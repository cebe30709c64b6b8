package io.tributary.transport.codec;

import java.util.Arrays;

/// What a packet's dependency descriptor says of its frame (AV1 RTP payload format, appendix A), whatever the
/// codec. Reused: a [PayloadReader] fills all of it.
///
/// A *decode target* is one choice of layers that a receiver may be sent. Each frame says of each target whether
/// it is part of it; nothing else has to be known to send a target.
public final class FrameDependencies {
    /// Decode targets: five bits say how many (A.8.2).
    public static final int MAX_TARGETS = 32;

    /// Frames that one frame depends on. The format has no bound; AV1 and VP9 have eight references.
    public static final int MAX_FRAME_DIFFS = 8;

    /// How a frame belongs to a decode target: [#indication].
    public static final int NOT_PRESENT = 0;

    /// It does, and no other frame of the target depends on it.
    public static final int DISCARDABLE = 1;

    /// It does, and a receiver that can decode it can decode all of the target's that follow.
    public static final int SWITCH = 2;

    /// It does, and others depend on it.
    public static final int REQUIRED = 3;

    /// Of 16 bits: counts frames, those of spatial layers each for itself.
    public int frameNumber;

    /// Whether the packet carries the structure that the templates of this and later frames are part of.
    public boolean attachesStructure;

    /// The template that the frame was described by. Its id, 6 bits.
    public int templateId;

    /// How many decode targets there are.
    public int targets;

    /// Bit by bit from decode target 0 at the lowest, those that the publisher sends now.
    public int activeTargets;

    /// Two bits for each target from the lowest up: [#indication].
    public long indications;

    /// How many of [#frameDiffs] are set.
    public int frameDiffCount;

    /// By how much smaller the [#frameNumber]s are of the frames that this one depends on.
    public final int[] frameDiffs = new int[MAX_FRAME_DIFFS];

    /// How many chains there are: [#chainDiffs].
    public int chains;

    /// For each chain, as an unsigned byte, the difference to the number of the last frame in it; 0 where there
    /// is none. A chain whose frames have all arrived is one whose decode targets can be decoded.
    public final byte[] chainDiffs = new byte[MAX_TARGETS];

    /// For each decode target which chain protects it.
    public final byte[] protectedBy = new byte[MAX_TARGETS];

    /// For [DependencyDescriptor#rewrite], in bits from the descriptor's beginning: where the structure or the
    /// flags before it end, and where the last field ends.
    int structureEndBit;

    int endBit;

    /// Whether the packet says by itself which targets are active.
    boolean activates;

    /// For each spatial and temporal layer, [#at], the active decode target that holds them or what comes
    /// closest from below; negative when nothing does.
    final byte[] targetOf = new byte[(FrameFacts.HIGHEST_SPATIAL_LAYER + 1) * (FrameFacts.HIGHEST_TEMPORAL_LAYER + 1)];

    FrameDependencies() {
        Arrays.fill(targetOf, (byte) FrameFacts.NONE);
    }

    /// [#NOT_PRESENT], [#DISCARDABLE], [#SWITCH] or [#REQUIRED].
    public int indication(int target) {
        return (int) (indications >>> 2 * target) & 3;
    }

    /// The decode target to send to a receiver of the layers up to these: the highest spatial layer comes first,
    /// then the highest temporal layer of it. Negative when the publisher sends none.
    public int targetFor(int spatial, int temporal) {
        return targetOf[at(spatial, temporal)];
    }

    /// Whether a receiver of the layers up to these needs this frame.
    boolean neededFor(int spatial, int temporal) {
        int target = targetFor(spatial, temporal);
        return target >= 0 && indication(target) != NOT_PRESENT;
    }

    /// The highest temporal layer of a spatial one whose decode target may be begun here; -1 when none may.
    int switchesUpTo(int spatial) {
        for (int temporal = FrameFacts.HIGHEST_TEMPORAL_LAYER; temporal >= 0; temporal--) {
            int target = targetFor(spatial, temporal);
            if (target >= 0 && indication(target) == SWITCH) {
                return temporal;
            }
        }
        return FrameFacts.NONE;
    }

    /// Whether the frame begins a coded sequence: whoever decodes it needs nothing from before.
    boolean beginsSequence() {
        return attachesStructure && frameDiffCount == 0;
    }

    static int at(int spatial, int temporal) {
        return spatial * (FrameFacts.HIGHEST_TEMPORAL_LAYER + 1) + temporal;
    }
}
