package io.tributary.transport.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The templates by which the frames of a coded video sequence are described (AV1 RTP payload format, A.8.2
/// `template_dependency_structure`). Immutable; a publisher sends one with each key frame.
final class DependencyStructure {
    /// Six bits name a template.
    private static final int MAX_TEMPLATES = 64;

    /// What AV1 and VP9 can number in an OBU or frame header; the syntax here has no bound of its own.
    private static final int MAX_SPATIAL_ID = 3;

    private static final int MAX_TEMPORAL_ID = 7;

    private static final int NEXT_TEMPORAL = 1;
    private static final int NEXT_SPATIAL = 2;
    private static final int NO_MORE = 3;

    /// The packet that brought it, and where in the descriptor it ends, in bits.
    final long extendedSeq;

    final int endBit;

    final int templateIdOffset;
    final int targets;
    final int chains;
    final byte[] protectedBy;
    final byte[] targetSpatial;
    final byte[] targetTemporal;

    private final Layers layers;
    private final long[] indications;
    private final byte[][] frameDiffs;
    private final byte[][] chainDiffs;

    /// The ids of each template.
    private static final class Layers {
        final byte[] spatial = new byte[MAX_TEMPLATES];
        final byte[] temporal = new byte[MAX_TEMPLATES];
        int count;
    }

    private DependencyStructure(
            long extendedSeq,
            int templateIdOffset,
            int targets,
            Layers layers,
            long[] indications,
            byte[][] frameDiffs,
            byte[] protectedBy,
            byte[][] chainDiffs,
            int endBit) {
        this.extendedSeq = extendedSeq;
        this.templateIdOffset = templateIdOffset;
        this.targets = targets;
        this.layers = layers;
        this.indications = indications;
        this.frameDiffs = frameDiffs;
        this.protectedBy = protectedBy;
        this.chainDiffs = chainDiffs;
        this.endBit = endBit;
        chains = chainDiffs[0].length;
        targetSpatial = new byte[targets];
        targetTemporal = new byte[targets];
        locateTargets();
    }

    /// Reads a structure, its flag just behind us.
    ///
    /// @return null when it is malformed
    static @Nullable DependencyStructure read(BitReader in, long extendedSeq) {
        int templateIdOffset = in.bits(6);
        int targets = in.bits(5) + 1;
        Layers layers = readLayers(in);
        if (layers == null) {
            return null;
        }
        var indications = new long[layers.count];
        for (int i = 0; i < layers.count; i++) {
            indications[i] = readIndications(in, targets);
        }
        var frameDiffs = new byte[layers.count][];
        for (int i = 0; i < layers.count; i++) {
            byte[] diffs = readFrameDiffs(in);
            if (diffs == null) {
                return null;
            }
            frameDiffs[i] = diffs;
        }
        int chains = in.oneOf(targets + 1);
        var protectedBy = new byte[targets];
        var chainDiffs = new byte[layers.count][chains];
        if (chains > 0) {
            for (int i = 0; i < targets; i++) {
                protectedBy[i] = (byte) in.oneOf(chains);
            }
            for (byte[] diffs : chainDiffs) {
                for (int chain = 0; chain < chains; chain++) {
                    diffs[chain] = (byte) in.bits(4);
                }
            }
        }
        if (in.flag()) {
            // Resolutions of each spatial layer, two times 16 bits: nobody here needs them.
            in.skipTo(in.position() + 32 * (layers.spatial[layers.count - 1] + 1));
        }
        return in.overrun()
                ? null
                : new DependencyStructure(
                        extendedSeq,
                        templateIdOffset,
                        targets,
                        layers,
                        indications,
                        frameDiffs,
                        protectedBy,
                        chainDiffs,
                        in.position());
    }

    /// Bit for bit from the lowest, the two bits of each target.
    static long readIndications(BitReader in, int targets) {
        long read = 0;
        for (int target = 0; target < targets; target++) {
            read |= (long) in.bits(2) << 2 * target;
        }
        return read;
    }

    int allTargets() {
        return targets == 32 ? -1 : (1 << targets) - 1;
    }

    /// Which of the templates it is; negative when it is none of these.
    int template(int templateId) {
        int index = templateId - templateIdOffset & MAX_TEMPLATES - 1;
        return index < layers.count ? index : FrameFacts.NONE;
    }

    int spatialId(int template) {
        return layers.spatial[template];
    }

    int temporalId(int template) {
        return layers.temporal[template];
    }

    long indications(int template) {
        return indications[template];
    }

    byte[] frameDiffs(int template) {
        return frameDiffs[template];
    }

    byte[] chainDiffs(int template) {
        return chainDiffs[template];
    }

    private static @Nullable Layers readLayers(BitReader in) {
        var layers = new Layers();
        int spatialId = 0;
        int temporalId = 0;
        while (layers.count < MAX_TEMPLATES && !in.overrun()) {
            layers.spatial[layers.count] = (byte) spatialId;
            layers.temporal[layers.count] = (byte) temporalId;
            layers.count++;
            int next = in.bits(2);
            if (next == NO_MORE) {
                return layers;
            }
            if (next == NEXT_TEMPORAL) {
                temporalId++;
            } else if (next == NEXT_SPATIAL) {
                temporalId = 0;
                spatialId++;
            }
            if (spatialId > MAX_SPATIAL_ID || temporalId > MAX_TEMPORAL_ID) {
                return null;
            }
        }
        return null;
    }

    private static byte @Nullable [] readFrameDiffs(BitReader in) {
        var diffs = new byte[FrameDependencies.MAX_FRAME_DIFFS];
        int count = 0;
        while (in.flag()) {
            if (count == diffs.length) {
                return null;
            }
            diffs[count++] = (byte) (in.bits(4) + 1);
        }
        return Arrays.copyOf(diffs, count);
    }

    /// A target's layers are the highest of the templates that are part of it (A.8.2 `decode_target_layers`).
    private void locateTargets() {
        for (int target = 0; target < targets; target++) {
            for (int template = 0; template < layers.count; template++) {
                if ((indications[template] >>> 2 * target & 3) != FrameDependencies.NOT_PRESENT) {
                    targetSpatial[target] = (byte) Math.max(targetSpatial[target], layers.spatial[template]);
                    targetTemporal[target] = (byte) Math.max(targetTemporal[target], layers.temporal[template]);
                }
            }
        }
    }
}
