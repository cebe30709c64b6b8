package io.tributary.transport.codec;

import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads the dependency descriptors of one stream (AV1 RTP payload format, appendix A), whatever its codec.
///
/// What holds until further notice, the structure and the active decode targets, holds in the order of sequence
/// numbers (A.4). The last two structures are kept, so that packets from before a key frame can be read after
/// it.
final class DependencyReader {
    /// What [#read] found.
    enum Found {
        /// The packet has no descriptor.
        NOTHING,
        /// It has, and the facts tell what it says.
        DESCRIPTOR,
        /// It has one that cannot be read: malformed, or of a structure that has not arrived.
        UNREADABLE
    }

    private static final int MANDATORY_BYTES = 3;

    /// The upper bits of all indications: set in `SWITCH` and `REQUIRED`, which others depend on.
    private static final long NEEDED = 0xAAAA_AAAA_AAAA_AAAAL;

    private final BitReader in = new BitReader();
    private @Nullable FrameDependencies out;
    private @Nullable DependencyStructure newest;
    private @Nullable DependencyStructure older;
    private int activeTargets;
    private long activeSeq = Long.MIN_VALUE;

    /// What `targetOf` was made from.
    private @Nullable DependencyStructure mappedStructure;

    private int mappedTargets;
    private int mappedSpatialLayers;

    /// The picture that frames come of now, to tell which frames are of the same.
    private long pictureSeq = Long.MIN_VALUE;

    private int pictureTimestampTicks;
    private int firstFrameNumber;

    /// Adds to `facts`, which a payload has filled as far as it can, what the packet's descriptor says. Leaves
    /// [FrameFacts#keyframe] alone.
    Found read(RtpPacket packet, long extendedSeq, FrameFacts facts) {
        int found = packet.find(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        if (found < 0) {
            return Found.NOTHING;
        }
        FrameDependencies into = out;
        if (into == null) {
            into = new FrameDependencies();
            out = into;
        }
        int length = found & 0xFF;
        if (length < MANDATORY_BYTES) {
            return Found.UNREADABLE;
        }
        in.begin(packet.array(), found >>> 8, length);
        boolean startsFrame = in.flag();
        boolean endsFrame = in.flag();
        into.templateId = in.bits(6);
        into.frameNumber = in.bits(16);
        DependencyStructure structure = readDefinition(length, extendedSeq, into);
        if (structure == null) {
            return Found.UNREADABLE;
        }
        int template = structure.template(into.templateId);
        facts.startsFrame = startsFrame;
        facts.endsFrame = endsFrame;
        facts.spatialId = structure.spatialId(template);
        facts.temporalId = structure.temporalId(template);
        facts.spatialLayers = mapTargets(structure, into);
        facts.discardable = into.indications != 0 && (into.indications & NEEDED) == 0;
        facts.layerSync = false;
        facts.switchingUp = false;
        refer(packet, extendedSeq, into, facts);
        facts.dependencies = into;
        return Found.DESCRIPTOR;
    }

    private @Nullable DependencyStructure readDefinition(int length, long extendedSeq, FrameDependencies into) {
        boolean extended = length > MANDATORY_BYTES;
        boolean attaches = extended && in.flag();
        boolean activates = extended && in.flag();
        boolean customIndications = extended && in.flag();
        boolean customFrameDiffs = extended && in.flag();
        boolean customChains = extended && in.flag();
        into.attachesStructure = attaches;
        into.activates = activates;
        DependencyStructure structure = attaches ? attached(extendedSeq) : known(extendedSeq);
        if (structure == null || structure.template(into.templateId) < 0) {
            return null;
        }
        into.structureEndBit = in.position();
        int explicit = activates ? in.bits(structure.targets) : structure.allTargets();
        int template = structure.template(into.templateId);
        into.targets = structure.targets;
        into.indications = customIndications
                ? DependencyStructure.readIndications(in, structure.targets)
                : structure.indications(template);
        if (!readFrameDiffs(customFrameDiffs, structure.frameDiffs(template), into)) {
            return null;
        }
        into.chains = structure.chains;
        byte[] chainDiffs = structure.chainDiffs(template);
        for (int chain = 0; chain < structure.chains; chain++) {
            into.chainDiffs[chain] = customChains ? (byte) in.bits(8) : chainDiffs[chain];
        }
        into.endBit = in.position();
        if (in.overrun()) {
            return null;
        }
        remember(structure, attaches, extendedSeq);
        activate(structure, attaches || activates, explicit, extendedSeq, into);
        return structure;
    }

    /// The structure in this packet; the one kept, when the packet is read again.
    private @Nullable DependencyStructure attached(long extendedSeq) {
        DependencyStructure kept = newest != null && newest.extendedSeq == extendedSeq ? newest : older;
        if (kept != null && kept.extendedSeq == extendedSeq) {
            in.skipTo(kept.endBit);
            return kept;
        }
        return DependencyStructure.read(in, extendedSeq);
    }

    /// The structure that holds for a packet without one.
    private @Nullable DependencyStructure known(long extendedSeq) {
        return newest == null || extendedSeq > newest.extendedSeq ? newest : older;
    }

    private void remember(DependencyStructure structure, boolean attached, long extendedSeq) {
        if (!attached || structure == newest || structure == older) {
            return;
        }
        if (newest == null || extendedSeq > newest.extendedSeq) {
            older = newest;
            newest = structure;
        } else if (older == null || extendedSeq > older.extendedSeq) {
            older = structure;
        }
    }

    private void activate(
            DependencyStructure structure, boolean told, int targets, long extendedSeq, FrameDependencies into) {
        if (told && extendedSeq >= activeSeq) {
            activeSeq = extendedSeq;
            activeTargets = targets;
        }
        into.activeTargets = told ? targets : structure == newest ? activeTargets : structure.allTargets();
    }

    private boolean readFrameDiffs(boolean custom, byte[] ofTemplate, FrameDependencies into) {
        int count = 0;
        if (custom) {
            for (int size = in.bits(2); size != 0; size = in.bits(2)) {
                if (count == FrameDependencies.MAX_FRAME_DIFFS) {
                    return false;
                }
                into.frameDiffs[count++] = in.bits(4 * size) + 1;
            }
        } else {
            for (byte diff : ofTemplate) {
                into.frameDiffs[count++] = diff;
            }
        }
        into.frameDiffCount = count;
        return true;
    }

    /// Which decode target stands for which layers; made anew when the structure or the active targets change.
    ///
    /// @return how many spatial layers are active
    private int mapTargets(DependencyStructure structure, FrameDependencies into) {
        if (structure == mappedStructure && into.activeTargets == mappedTargets) {
            return mappedSpatialLayers;
        }
        mappedStructure = structure;
        mappedTargets = into.activeTargets;
        mappedSpatialLayers = 0;
        Arrays.fill(into.targetOf, (byte) FrameFacts.NONE);
        System.arraycopy(structure.protectedBy, 0, into.protectedBy, 0, structure.targets);
        for (int target = 0; target < structure.targets; target++) {
            if ((into.activeTargets >>> target & 1) != 0) {
                mapTarget(structure, target, into.targetOf);
                mappedSpatialLayers = Math.max(mappedSpatialLayers, structure.targetSpatial[target] + 1);
            }
        }
        return mappedSpatialLayers;
    }

    /// Gives the target to all layers from its own up that have none closer to them.
    private static void mapTarget(DependencyStructure structure, int target, byte[] targetOf) {
        for (int spatial = structure.targetSpatial[target]; spatial <= FrameFacts.HIGHEST_SPATIAL_LAYER; spatial++) {
            for (int temporal = structure.targetTemporal[target];
                    temporal <= FrameFacts.HIGHEST_TEMPORAL_LAYER;
                    temporal++) {
                int at = FrameDependencies.at(spatial, temporal);
                int other = targetOf[at];
                if (other < 0 || rank(structure, target) > rank(structure, other)) {
                    targetOf[at] = (byte) target;
                }
            }
        }
    }

    private static int rank(DependencyStructure structure, int target) {
        return FrameDependencies.at(structure.targetSpatial[target], structure.targetTemporal[target]);
    }

    /// Tells frames of the same picture from earlier ones. For a packet of a picture before the current one that
    /// is not known, and anything counts as earlier.
    private void refer(RtpPacket packet, long extendedSeq, FrameDependencies frame, FrameFacts facts) {
        boolean samePicture = pictureSeq != Long.MIN_VALUE && packet.timestampTicks() == pictureTimestampTicks;
        if (!samePicture && extendedSeq > pictureSeq) {
            pictureTimestampTicks = packet.timestampTicks();
            firstFrameNumber = frame.frameNumber;
            samePicture = true;
        } else if (samePicture && (short) (frame.frameNumber - firstFrameNumber) < 0) {
            firstFrameNumber = frame.frameNumber;
        }
        pictureSeq = Math.max(pictureSeq, extendedSeq);
        int before = samePicture ? frame.frameNumber - firstFrameNumber & 0xFFFF : 0;
        facts.interPicture = false;
        facts.interLayer = false;
        for (int i = 0; i < frame.frameDiffCount; i++) {
            if (frame.frameDiffs[i] <= before) {
                facts.interLayer = true;
            } else {
                facts.interPicture = true;
            }
        }
    }
}
