package io.tributary.transport.codec;

/// The VP8 payload descriptor (RFC 7741 §4.2), read and rewritten.
///
/// ```
///      |X|R|N|S|R| PID | required
/// X:   |I|L|T|K| RSV   |
/// I:   |M| PictureID   | a second byte when M
/// L:   |   TL0PICIDX   |
/// T/K: |TID|Y| KEYIDX  |
/// ```
public final class Vp8Payload {
    public static final int MAX_DESCRIPTOR_BYTES = 6;

    /// Of the frame itself, the bytes that [#parse] reads.
    static final int READ_BYTES = 1;

    private static final int EXTENDED = 0x80;
    private static final int NON_REFERENCE = 0x20;
    private static final int START_OF_PARTITION = 0x10;
    private static final int PARTITION_MASK = 0x07;

    private static final int HAS_PICTURE_ID = 0x80;
    private static final int HAS_TL0PICIDX = 0x40;
    private static final int HAS_TID = 0x20;
    private static final int HAS_KEYIDX = 0x10;

    private static final int LONG_PICTURE_ID = 0x80;
    private static final int LAYER_SYNC = 0x20;
    private static final int KEYIDX_MASK = 0x1F;

    /// The first bit of a VP8 frame (RFC 6386 §9.1) is 0 for a key frame. End-to-end encryption leaves it
    /// clear, and nothing else of the frame may be relied on.
    private static final int INTER_FRAME = 0x01;

    /// Of the version's three bits the highest: there are no versions above 3 (RFC 6386 §9.1). An SFrame has its
    /// flag for counters above 7 here (RFC 9605 §4.3).
    private static final int NO_VERSION = 0x08;

    private Vp8Payload() {}

    /// Fills `facts` from the payload `a[offset, +length)`.
    ///
    /// @return false when it is no descriptor with at least a byte behind it; `facts` then means nothing
    public static boolean parse(byte[] a, int offset, int length, FrameFacts facts) {
        facts.clear();
        int end = offset + length;
        int at = offset + 1;
        if (at >= end) {
            return false;
        }
        int required = a[offset];
        facts.discardable = (required & NON_REFERENCE) != 0;
        facts.startsFrame = (required & START_OF_PARTITION) != 0 && (required & PARTITION_MASK) == 0;
        if ((required & EXTENDED) != 0) {
            int has = a[at++];
            if (at + extensionBytes(a, at, end, has) >= end) {
                return false;
            }
            if ((has & HAS_PICTURE_ID) != 0) {
                boolean isLong = (a[at] & LONG_PICTURE_ID) != 0;
                facts.pictureIdBits = isLong ? 15 : 7;
                facts.pictureId = isLong ? (a[at] & 0x7F) << 8 | (a[at + 1] & 0xFF) : a[at];
                at += isLong ? 2 : 1;
            }
            if ((has & HAS_TL0PICIDX) != 0) {
                facts.tl0PicIdx = a[at++] & 0xFF;
            }
            if ((has & (HAS_TID | HAS_KEYIDX)) != 0) {
                if ((has & HAS_TID) != 0) {
                    facts.temporalId = (a[at] & 0xFF) >>> 6;
                    facts.layerSync = (a[at] & LAYER_SYNC) != 0;
                }
                if ((has & HAS_KEYIDX) != 0) {
                    facts.keyIdx = a[at] & KEYIDX_MASK;
                }
                at++;
            }
        }
        facts.descriptorLength = at - offset;
        facts.keyframe = facts.startsFrame && (a[at] & INTER_FRAME) == 0;
        return true;
    }

    /// Whether the first byte of a frame cannot be one of VP8's: its encoder wrote another.
    static boolean isForeign(int firstByte) {
        return (firstByte & NO_VERSION) != 0;
    }

    /// Copies the descriptor at `source[offset]`, which [#parse] read into `facts`, to `target[targetOffset]`
    /// with other numbers in it. The shape stays: numbers that it does not carry are left out, a short picture
    /// id stays short.
    ///
    /// @param pictureId as many low bits of it as the shape has room for
    /// @param tl0PicIdx 8 low bits
    /// @param keyIdx 5 low bits
    /// @return bytes written: [FrameFacts#descriptorLength]
    public static int rewrite(
            byte[] source,
            int offset,
            FrameFacts facts,
            int pictureId,
            int tl0PicIdx,
            int keyIdx,
            byte[] target,
            int targetOffset) {
        System.arraycopy(source, offset, target, targetOffset, facts.descriptorLength);
        int at = targetOffset + 2;
        if (facts.pictureIdBits == 15) {
            target[at++] = (byte) (LONG_PICTURE_ID | (pictureId >>> 8 & 0x7F));
            target[at++] = (byte) pictureId;
        } else if (facts.pictureIdBits == 7) {
            target[at++] = (byte) (pictureId & 0x7F);
        }
        if (facts.tl0PicIdx != FrameFacts.NONE) {
            target[at++] = (byte) tl0PicIdx;
        }
        if (facts.keyIdx != FrameFacts.NONE) {
            target[at] = (byte) ((target[at] & ~KEYIDX_MASK) | (keyIdx & KEYIDX_MASK));
        }
        return facts.descriptorLength;
    }

    /// Bytes behind the first two; where the picture id is cut off, more than there are.
    private static int extensionBytes(byte[] a, int at, int end, int has) {
        int bytes = 0;
        if ((has & HAS_PICTURE_ID) != 0) {
            bytes += at < end && (a[at] & LONG_PICTURE_ID) != 0 ? 2 : 1;
        }
        if ((has & HAS_TL0PICIDX) != 0) {
            bytes++;
        }
        if ((has & (HAS_TID | HAS_KEYIDX)) != 0) {
            bytes++;
        }
        return bytes;
    }
}
