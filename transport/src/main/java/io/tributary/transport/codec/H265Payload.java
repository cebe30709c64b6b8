package io.tributary.transport.codec;

/// The H.265 payload (RFC 7798): which NAL units a packet holds. Their header bytes stay readable under
/// end-to-end encryption, and so do parameter sets; a slice does not.
///
/// ```
/// NAL unit header:  |F|   Type    |  LayerId  | TID |
/// FU header:        |S|E|  FuType   |
/// ```
public final class H265Payload {
    /// Bits of [#units]: the packet begins a unit of this kind.
    public static final int SLICE = 1;

    /// The beginning of a picture that depends on no other: instantaneous, clean or broken-link random access.
    public static final int RANDOM_ACCESS = 1 << 1;

    /// A video, sequence or picture parameter set: what a receiver needs before anything else.
    public static final int PARAMETERS = 1 << 2;

    /// Any other unit, such as supplemental information or a delimiter.
    public static final int OTHER = 1 << 3;

    /// The packet goes on with a unit that an earlier one began.
    public static final int CONTINUED = 1 << 4;

    /// One of the units is referred to by others of its temporal layer.
    public static final int REFERENCE = 1 << 5;

    /// A picture from which on a receiver of the temporal layers below its own may take its layer up (TSA,
    /// STSA).
    public static final int LAYER_ACCESS = 1 << 6;

    private static final int HEADER_BYTES = 2;
    private static final int START = 0x80;

    /// Table 7-1 of H.265: below this the even types are those that no picture of their temporal layer refers
    /// to.
    private static final int FIRST_RESERVED_REFERENCE = 15;

    private static final int FIRST_LAYER_ACCESS = 2;
    private static final int LAST_LAYER_ACCESS = 5;
    private static final int LAST_SLICE = 9;
    private static final int FIRST_RANDOM_ACCESS = 16;
    private static final int LAST_RANDOM_ACCESS = 21;
    private static final int VIDEO_PARAMETERS = 32;
    private static final int PICTURE_PARAMETERS = 34;
    private static final int LAST_SINGLE = 47;
    private static final int AGGREGATION = 48;
    private static final int FRAGMENT = 49;

    private H265Payload() {}

    /// What the payload `a[offset, +length)` holds, as bits; 0 when it is none that may be sent. Fields for
    /// decoding order (`sprop-max-don-diff`) are negotiated by nobody and not read; PACI packets neither.
    public static int units(byte[] a, int offset, int length) {
        if (length <= HEADER_BYTES) {
            return 0;
        }
        int type = type(a[offset]);
        if (type == AGGREGATION) {
            return aggregated(a, offset + HEADER_BYTES, offset + length);
        }
        if (type == FRAGMENT) {
            return length > HEADER_BYTES + 1 ? fragment(a[offset + HEADER_BYTES]) : 0;
        }
        return type > LAST_SINGLE ? 0 : unit(type);
    }

    /// 0 the lowest. In the header of a single unit, of an aggregation (the lowest of its units, RFC 7798
    /// §4.4.2) and of a fragment alike.
    public static int temporalId(byte[] a, int offset) {
        return Math.max(0, (a[offset + 1] & 0x07) - 1);
    }

    /// RFC 7798 §4.4.2: units behind each other, each after its length in two bytes.
    private static int aggregated(byte[] a, int from, int end) {
        int units = 0;
        int at = from;
        while (at < end) {
            if (at + 2 > end) {
                return 0;
            }
            int size = (a[at] & 0xFF) << 8 | (a[at + 1] & 0xFF);
            at += 2;
            if (size < HEADER_BYTES || at + size > end) {
                return 0;
            }
            units |= unit(type(a[at]));
            at += size;
        }
        return units;
    }

    /// RFC 7798 §4.4.3.
    private static int fragment(int header) {
        int unit = unit(header & 0x3F);
        return (header & START) != 0 ? unit : CONTINUED | unit & (REFERENCE | LAYER_ACCESS);
    }

    private static int type(int header) {
        return header >> 1 & 0x3F;
    }

    private static int unit(int type) {
        int reference = type >= FIRST_RESERVED_REFERENCE || (type & 1) != 0 ? REFERENCE : 0;
        if (type <= LAST_SLICE) {
            boolean access = type >= FIRST_LAYER_ACCESS && type <= LAST_LAYER_ACCESS;
            return SLICE | reference | (access ? LAYER_ACCESS : 0);
        }
        if (type >= FIRST_RANDOM_ACCESS && type <= LAST_RANDOM_ACCESS) {
            return RANDOM_ACCESS | reference;
        }
        if (type >= VIDEO_PARAMETERS && type <= PICTURE_PARAMETERS) {
            return PARAMETERS | reference;
        }
        return OTHER | reference;
    }
}
