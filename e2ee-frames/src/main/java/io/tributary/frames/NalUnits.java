package io.tributary.frames;

import java.util.Arrays;

/// What of H.264's and H.265's byte stream (Annex B) matters to encryption: where the first slice begins, start
/// codes, and emulation prevention (H.264 §7.4.1).
final class NalUnits {
    /// LiveKit's clients do not see a NAL unit that begins in a frame's last three bytes; a slice is longer.
    private static final int SHORTEST_UNIT_BYTES = 4;

    private static final byte EMULATION_PREVENTION = 3;

    private NalUnits() {}

    /// Where the first slice's header byte is; -1 when the frame is no byte stream or has no slice.
    ///
    /// The units tell which of the two codecs it is. H.264 comes first: its delimiters read like slices of H.265,
    /// while headers of H.265 are even and never read like a slice of H.264.
    static int firstSlice(byte[] frame) {
        int unit = nextUnit(frame, 0);
        if (unit < 0 || !beginsWithStartCode(frame, unit)) {
            return -1;
        }
        int firstOfH265 = -1;
        for (; unit >= 0; unit = nextUnit(frame, unit)) {
            if (isSliceOfH264(frame[unit])) {
                return unit;
            }
            if (firstOfH265 < 0 && isSliceOfH265(frame[unit])) {
                firstOfH265 = unit;
            }
        }
        return firstOfH265;
    }

    /// The bytes with start codes of four bytes only: a receiver's depacketizer writes those, whatever the encoder
    /// wrote,
    /// and it is the receiver's bytes that are authenticated.
    static byte[] withLongStartCodes(byte[] in, int length) {
        byte[] out = new byte[length + length / 3 + 1];
        int end = 0;
        int zeros = 0;
        for (int i = 0; i < length; i++) {
            if (in[i] == 1 && zeros == 2) {
                out[end++] = 0;
            }
            zeros = in[i] == 0 ? zeros + 1 : 0;
            out[end++] = in[i];
        }
        return Arrays.copyOf(out, end);
    }

    /// The bytes with a 3 after every two zeros that a byte up to 3 follows.
    static byte[] escape(byte[] in) {
        byte[] out = new byte[in.length + in.length / 2 + 1];
        int end = 0;
        int zeros = 0;
        for (byte next : in) {
            if (zeros >= 2 && (next & ~3) == 0) {
                out[end++] = EMULATION_PREVENTION;
                zeros = 0;
            }
            out[end++] = next;
            zeros = next == 0 ? zeros + 1 : 0;
        }
        return Arrays.copyOf(out, end);
    }

    /// Undoes [#escape] of what begins at `offset`.
    static byte[] unescape(byte[] in, int offset) {
        byte[] out = new byte[in.length - offset];
        int end = 0;
        int zeros = 0;
        for (int i = offset; i < in.length; i++) {
            if (zeros >= 2 && in[i] == EMULATION_PREVENTION) {
                zeros = 0;
                continue;
            }
            out[end++] = in[i];
            zeros = in[i] == 0 ? zeros + 1 : 0;
        }
        return Arrays.copyOf(out, end);
    }

    /// The byte after the next start code at or after `from`; -1 when there is none.
    private static int nextUnit(byte[] frame, int from) {
        for (int unit = from + 3; unit <= frame.length - SHORTEST_UNIT_BYTES; unit++) {
            if (frame[unit - 1] == 1 && frame[unit - 2] == 0 && frame[unit - 3] == 0) {
                return unit;
            }
        }
        return -1;
    }

    /// Whether only zeros are before the start code of the first unit.
    private static boolean beginsWithStartCode(byte[] frame, int firstUnit) {
        for (int i = 0; i < firstUnit - 1; i++) {
            if (frame[i] != 0) {
                return false;
            }
        }
        return true;
    }

    /// Coded slice of a picture, IDR or not (H.264 table 7-1).
    private static boolean isSliceOfH264(byte header) {
        int type = header & 0x1f;
        return type == 1 || type == 5;
    }

    /// A coded slice segment that is not reserved (H.265 table 7-1): trailing and leading pictures, then random
    /// access.
    private static boolean isSliceOfH265(byte header) {
        int type = header >> 1 & 0x3f;
        return type <= 9 || type >= 16 && type <= 21;
    }
}
