package io.tributary.transport.rtp;

/// Writes an RTP header with header extensions into an array (RFC 3550 §5.1, RFC 8285). Reused: [#begin] starts
/// anew.
///
/// Elements go out in the one-byte form. The first one that does not fit it, by an id above 14 or a length of 0 or
/// above 16, turns the whole header into the two-byte form (RFC 8285 §4.1.2: not both in one packet).
public final class RtpHeaderWriter {
    /// Elements in one header. We know a dozen extensions; a stranger's packet may repeat one as often as it likes.
    public static final int MAX_ELEMENTS = 32;

    private static final int ONE_BYTE_PROFILE = 0xBEDE;
    private static final int TWO_BYTE_PROFILE = 0x1000;
    private static final int EXTENSION_HEADER_BYTES = 4;
    private static final int MAX_ONE_BYTE_ID = 14;
    private static final int MAX_ONE_BYTE_LENGTH = 16;
    private static final int MAX_TWO_BYTE_ID = 255;
    private static final int MAX_TWO_BYTE_LENGTH = 255;

    private final int[] dataOffsets = new int[MAX_ELEMENTS];
    private final int[] ids = new int[MAX_ELEMENTS];
    private final int[] lengths = new int[MAX_ELEMENTS];
    private byte[] array = new byte[0];
    private int start;
    private int firstElement;
    private int at;
    private int limit;
    private int elements;
    private boolean twoByte;

    /// Writes the fixed header at `offset`; the whole header will end before `limit`.
    public void begin(
            byte[] into,
            int offset,
            int endLimit,
            boolean marker,
            int payloadType,
            int seq,
            int timestampTicks,
            int ssrc) {
        array = into;
        start = offset;
        limit = endLimit;
        array[start] = (byte) 0x80;
        array[start + 1] = (byte) ((marker ? 0x80 : 0) | (payloadType & 0x7F));
        put16(start + 2, seq);
        put16(start + 4, timestampTicks >>> 16);
        put16(start + 6, timestampTicks);
        put16(start + 8, ssrc >>> 16);
        put16(start + 10, ssrc);
        firstElement = start + RtpPacket.FIXED_HEADER_BYTES + EXTENSION_HEADER_BYTES;
        at = firstElement;
        elements = 0;
        twoByte = false;
    }

    /// Adds one extension element.
    ///
    /// @param id 1 to 255
    /// @param source must not be the part of the array that is being written
    /// @return false, with nothing added, when there is no room or the element has no form
    public boolean append(int id, byte[] source, int offset, int length) {
        if (elements == MAX_ELEMENTS || id < 1 || id > MAX_TWO_BYTE_ID || length > MAX_TWO_BYTE_LENGTH) {
            return false;
        }
        boolean needsTwoByte = id > MAX_ONE_BYTE_ID || length == 0 || length > MAX_ONE_BYTE_LENGTH;
        boolean convert = needsTwoByte && !twoByte;
        int headerBytes = twoByte || needsTwoByte ? 2 : 1;
        int grown = at + (convert ? elements : 0);
        int end = grown + headerBytes + length;
        if (end + padding(end) > limit) {
            return false;
        }
        if (convert) {
            convertToTwoByte();
        }
        ids[elements] = id;
        lengths[elements] = length;
        dataOffsets[elements] = at + headerBytes;
        writeElementHeader(elements);
        System.arraycopy(source, offset, array, at + headerBytes, length);
        at += headerBytes + length;
        elements++;
        return true;
    }

    /// Ends the header.
    ///
    /// @return its length in bytes: the payload goes to `offset` plus this
    public int finish() {
        if (elements == 0) {
            return RtpPacket.FIXED_HEADER_BYTES;
        }
        for (int i = padding(at); i > 0; i--) {
            array[at++] = 0;
        }
        array[start] |= 0x10;
        int extension = start + RtpPacket.FIXED_HEADER_BYTES;
        put16(extension, twoByte ? TWO_BYTE_PROFILE : ONE_BYTE_PROFILE);
        put16(extension + 2, (at - firstElement) / 4);
        return at - start;
    }

    /// Each element moves back by one byte for every element up to it; from the last to the first, so that none is
    /// overwritten.
    private void convertToTwoByte() {
        twoByte = true;
        for (int i = elements - 1; i >= 0; i--) {
            int moved = dataOffsets[i] + i + 1;
            System.arraycopy(array, dataOffsets[i], array, moved, lengths[i]);
            dataOffsets[i] = moved;
            writeElementHeader(i);
        }
        at += elements;
    }

    private void writeElementHeader(int i) {
        if (twoByte) {
            array[dataOffsets[i] - 2] = (byte) ids[i];
            array[dataOffsets[i] - 1] = (byte) lengths[i];
        } else {
            array[dataOffsets[i] - 1] = (byte) (ids[i] << 4 | (lengths[i] - 1));
        }
    }

    private int padding(int end) {
        return -(end - firstElement) & 3;
    }

    private void put16(int offset, int value) {
        array[offset] = (byte) (value >>> 8);
        array[offset + 1] = (byte) value;
    }
}
