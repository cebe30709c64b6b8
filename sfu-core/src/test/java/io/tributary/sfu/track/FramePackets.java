package io.tributary.sfu.track;

import io.tributary.frames.ClearPrefix;
import io.tributary.frames.FrameCodec;
import io.tributary.transport.rtp.Codec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Cuts encrypted frames into packets as clients do, and knows of each byte whether it may be read without a key:
/// what the packetizer wrote, and what stands in the frame's [ClearPrefix].
public final class FramePackets {
    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final int START = 0x80;
    private static final int END = 0x40;

    private FramePackets() {}

    /// One packet's payload.
    ///
    /// @param readable which of its bytes a server may look at
    @SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
    public record Part(byte[] payload, BitSet readable) {
        /// The same with `noise` where nothing may be read.
        public byte[] tainted(java.util.random.RandomGenerator noise) {
            byte[] out = payload.clone();
            byte[] other = new byte[out.length];
            noise.nextBytes(other);
            for (int i = readable.nextClearBit(0); i < out.length; i = readable.nextClearBit(i + 1)) {
                out[i] = other[i];
            }
            return out;
        }
    }

    /// What the packetizer puts in front of each packet of a frame.
    public interface Descriptor {
        byte[] of(boolean first, boolean last);
    }

    public static FrameCodec frameCodec(Codec codec) {
        return FrameProtection.frameCodec(codec);
    }

    /// Of a frame in LiveKit's format.
    public static int clearBytes(Codec codec, boolean keyFrame, byte[] sealed) {
        return ClearPrefix.ofLiveKit(frameCodec(codec), keyFrame, sealed).sizeBytes();
    }

    /// For codecs whose frames are cut anywhere: VP8, VP9, AV1 with one element in each packet, Opus.
    public static List<Part> cut(byte[] frame, int clearBytes, int partBytes, Descriptor descriptor) {
        List<Part> parts = new ArrayList<>();
        for (int from = 0; from < frame.length; from += partBytes) {
            int to = Math.min(frame.length, from + partBytes);
            byte[] head = descriptor.of(from == 0, to == frame.length);
            parts.add(part(head, frame, from, to, clearBytes));
        }
        return parts;
    }

    /// For H.264 (RFC 6184): parameter sets together in one packet, slices in fragments.
    public static List<Part> ofH264(byte[] frame, int clearBytes, int partBytes) {
        List<Part> parts = new ArrayList<>();
        List<int[]> small = new ArrayList<>();
        for (int[] unit : units(frame)) {
            if (isSlice(frame[unit[0]])) {
                aggregate(frame, small, clearBytes, parts);
                fragment(frame, unit[0], unit[1], clearBytes, partBytes, parts);
            } else {
                small.add(unit);
            }
        }
        aggregate(frame, small, clearBytes, parts);
        return parts;
    }

    /// Where the units of a byte stream begin and end, start codes left out.
    public static List<int[]> units(byte[] frame) {
        List<int[]> units = new ArrayList<>();
        int begin = -1;
        for (int i = 0; i + 2 < frame.length; i++) {
            if (frame[i] == 0 && frame[i + 1] == 0 && frame[i + 2] == 1) {
                if (begin >= 0) {
                    units.add(new int[] {begin, i > begin && frame[i - 1] == 0 ? i - 1 : i});
                }
                begin = i + 3;
            }
        }
        if (begin >= 0 && begin < frame.length) {
            units.add(new int[] {begin, frame.length});
        }
        return units;
    }

    private static boolean isSlice(byte header) {
        int type = header & 0x1F;
        return type == 1 || type == 5;
    }

    private static void aggregate(byte[] frame, List<int[]> units, int clearBytes, List<Part> parts) {
        if (units.size() == 1) {
            int[] unit = units.getFirst();
            parts.add(part(new byte[0], frame, unit[0], unit[1], clearBytes));
        } else if (units.size() > 1) {
            int length =
                    1 + units.stream().mapToInt(unit -> 2 + unit[1] - unit[0]).sum();
            byte[] payload = new byte[length];
            BitSet readable = new BitSet();
            payload[0] = (byte) (0x60 | STAP_A);
            readable.set(0);
            int at = 1;
            for (int[] unit : units) {
                int size = unit[1] - unit[0];
                payload[at] = (byte) (size >>> 8);
                payload[at + 1] = (byte) size;
                readable.set(at, at + 2);
                at += 2;
                System.arraycopy(frame, unit[0], payload, at, size);
                readable.set(at, at + Math.clamp(clearBytes - unit[0], 0, size));
                at += size;
            }
            parts.add(new Part(payload, readable));
        }
        units.clear();
    }

    private static void fragment(byte[] frame, int begin, int end, int clearBytes, int partBytes, List<Part> parts) {
        if (end - begin <= partBytes) {
            parts.add(part(new byte[0], frame, begin, end, clearBytes));
            return;
        }
        int header = frame[begin];
        for (int from = begin + 1; from < end; from += partBytes) {
            int to = Math.min(end, from + partBytes);
            int edges = (from == begin + 1 ? START : 0) | (to == end ? END : 0);
            byte[] head = {(byte) (header & 0xE0 | FU_A), (byte) (edges | header & 0x1F)};
            parts.add(part(head, frame, from, to, clearBytes));
        }
    }

    private static Part part(byte[] head, byte[] frame, int from, int to, int clearBytes) {
        byte[] payload = new byte[head.length + to - from];
        System.arraycopy(head, 0, payload, 0, head.length);
        System.arraycopy(frame, from, payload, head.length, to - from);
        BitSet readable = new BitSet();
        readable.set(0, head.length + Math.clamp(clearBytes - from, 0, to - from));
        return new Part(payload, readable);
    }
}
