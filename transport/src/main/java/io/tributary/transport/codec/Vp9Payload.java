package io.tributary.transport.codec;

/// The VP9 payload descriptor (RFC 9628 §4.2), read and rewritten.
///
/// ```
///    |I|P|L|F|B|E|V|Z| required
/// I: |M| PICTURE ID  | a second byte when M
/// L: | TID |U| SID |D| and TL0PICIDX without F
/// P and F: | P_DIFF |N| up to three, another one follows when N
/// V: | N_S |Y|G|-|-|-| the scalability structure
/// Y: WIDTH, HEIGHT     two bytes each, for each of N_S + 1 layers
/// G: |     N_G       | and for each of those | TID |U| R |-|-|, then R times | P_DIFF |
/// ```
public final class Vp9Payload {
    /// What [#rewrite] may have to write: the first byte, a picture id, layer indices and TL0PICIDX.
    public static final int MAX_REWRITTEN_BYTES = 5;

    private static final int HAS_PICTURE_ID = 0x80;
    private static final int INTER_PICTURE = 0x40;
    private static final int HAS_LAYERS = 0x20;
    private static final int FLEXIBLE = 0x10;
    private static final int START_OF_FRAME = 0x08;
    private static final int END_OF_FRAME = 0x04;
    private static final int HAS_STRUCTURE = 0x02;
    private static final int NOT_REFERENCED_ABOVE = 0x01;

    private static final int LONG_PICTURE_ID = 0x80;
    private static final int SWITCHING_UP = 0x10;
    private static final int INTER_LAYER = 0x01;
    private static final int MORE_REFERENCES = 0x01;
    private static final int MAX_REFERENCES = 3;

    private static final int HAS_RESOLUTIONS = 0x10;
    private static final int HAS_PICTURE_GROUP = 0x08;

    private Vp9Payload() {}

    /// Fills `facts` from the payload `a[offset, +length)`. [FrameFacts#spatialLayers] is what the packet itself
    /// says, 0 without a scalability structure.
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
        boolean flexible = (required & FLEXIBLE) != 0;
        facts.startsFrame = (required & START_OF_FRAME) != 0;
        facts.endsFrame = (required & END_OF_FRAME) != 0;
        facts.interPicture = (required & INTER_PICTURE) != 0;
        facts.referencedAbove = (required & NOT_REFERENCED_ABOVE) == 0;
        if ((required & HAS_PICTURE_ID) != 0) {
            boolean isLong = (a[at] & LONG_PICTURE_ID) != 0;
            if (isLong && at + 1 >= end) {
                return false;
            }
            facts.pictureIdBits = isLong ? 15 : 7;
            facts.pictureId = isLong ? (a[at] & 0x7F) << 8 | (a[at + 1] & 0xFF) : a[at];
            at += isLong ? 2 : 1;
        }
        if ((required & HAS_LAYERS) != 0) {
            if (at + (flexible ? 0 : 1) >= end) {
                return false;
            }
            int layers = a[at++];
            facts.temporalId = layers >>> 5 & 0x07;
            facts.switchingUp = (layers & SWITCHING_UP) != 0;
            facts.spatialId = layers >>> 1 & 0x07;
            facts.interLayer = (layers & INTER_LAYER) != 0;
            if (!flexible) {
                facts.tl0PicIdx = a[at++] & 0xFF;
            }
        }
        if (flexible && facts.interPicture) {
            at = afterReferences(a, at, end);
        }
        if ((required & HAS_STRUCTURE) != 0 && at < end) {
            facts.spatialLayers = (a[at] >>> 5 & 0x07) + 1;
            at = afterStructure(a, at, end);
        }
        if (at >= end) {
            return false;
        }
        facts.descriptorLength = at - offset;
        facts.keyframe = facts.startsFrame && !facts.interPicture && facts.spatialId == 0 && !facts.interLayer;
        return true;
    }

    /// Copies what the descriptor at `source[offset]` begins with, which [#parse] read into `facts`, to
    /// `target[targetOffset]` with other numbers in it; the rest of the descriptor stays where it is. The shape
    /// is kept, as with [Vp8Payload#rewrite].
    ///
    /// Without the flexible mode, receivers find references by subtracting from picture ids: where pictures are
    /// left out, the ids of those that follow must not move up.
    ///
    /// @param pictureId as many low bits of it as the shape has room for
    /// @param tl0PicIdx 8 low bits
    /// @return bytes written, which replace as many of the source
    public static int rewrite(
            byte[] source,
            int offset,
            FrameFacts facts,
            int pictureId,
            int tl0PicIdx,
            byte[] target,
            int targetOffset) {
        int pictureIdBytes = facts.pictureIdBits == 0 ? 0 : facts.pictureIdBits == 7 ? 1 : 2;
        int length = 1 + pictureIdBytes + (facts.tl0PicIdx == FrameFacts.NONE ? 0 : 2);
        System.arraycopy(source, offset, target, targetOffset, length);
        if (pictureIdBytes == 2) {
            target[targetOffset + 1] = (byte) (LONG_PICTURE_ID | (pictureId >>> 8 & 0x7F));
            target[targetOffset + 2] = (byte) pictureId;
        } else if (pictureIdBytes == 1) {
            target[targetOffset + 1] = (byte) (pictureId & 0x7F);
        }
        if (facts.tl0PicIdx != FrameFacts.NONE) {
            target[targetOffset + length - 1] = (byte) tl0PicIdx;
        }
        return length;
    }

    /// Where the references end; `end` or more when they don't, or there are more than may be.
    private static int afterReferences(byte[] a, int from, int end) {
        int at = from;
        for (int i = 0; i < MAX_REFERENCES && at < end; i++) {
            if ((a[at++] & MORE_REFERENCES) == 0) {
                return at;
            }
        }
        return end;
    }

    /// Where the scalability structure ends; `end` or more when it doesn't.
    private static int afterStructure(byte[] a, int from, int end) {
        int head = a[from];
        int at = from + 1;
        if ((head & HAS_RESOLUTIONS) != 0) {
            at += 4 * ((head >>> 5 & 0x07) + 1);
        }
        if ((head & HAS_PICTURE_GROUP) != 0 && at < end) {
            int pictures = a[at++] & 0xFF;
            for (int i = 0; i < pictures && at < end; i++) {
                at += 1 + (a[at] >>> 2 & 0x03);
            }
        } else if ((head & HAS_PICTURE_GROUP) != 0) {
            return end;
        }
        return at;
    }
}
