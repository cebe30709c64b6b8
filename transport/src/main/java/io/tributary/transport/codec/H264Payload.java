package io.tributary.transport.codec;

/// The H.264 payload (RFC 6184): which NAL units a packet holds. Their header bytes stay readable under
/// end-to-end encryption, and so do parameter sets; a slice does not.
///
/// ```
/// NAL unit header, of a fragment the FU indicator:  |F|NRI|  Type   |
/// FU header:                                        |S|E|R|  Type   |
/// ```
public final class H264Payload {
    /// Bits of [#units]: the packet begins a unit of this kind.
    public static final int SLICE = 1;

    /// The beginning of a picture that depends on no other.
    public static final int IDR = 1 << 1;

    /// A sequence parameter set: what a receiver needs before anything else.
    public static final int SPS = 1 << 2;

    /// A picture parameter set.
    public static final int PPS = 1 << 3;

    /// Any other unit, such as supplemental information or a delimiter.
    public static final int OTHER = 1 << 4;

    /// The packet goes on with a unit that an earlier one began.
    public static final int CONTINUED = 1 << 5;

    /// One of the units is referred to by other frames (`nal_ref_idc`).
    public static final int REFERENCE = 1 << 6;

    private static final int TYPE = 0x1F;
    private static final int NRI = 0x60;
    private static final int START = 0x80;

    private static final int TYPE_SLICE = 1;
    private static final int TYPE_PARTITION_C = 4;
    private static final int TYPE_IDR = 5;
    private static final int TYPE_SPS = 7;
    private static final int TYPE_PPS = 8;
    private static final int TYPE_LAST_SINGLE = 23;
    private static final int TYPE_STAP_A = 24;
    private static final int TYPE_FU_A = 28;

    private H264Payload() {}

    /// What the payload `a[offset, +length)` holds, as bits; 0 when it is none that may be sent: packetization
    /// modes 0 and 1 know single units, STAP-A and FU-A.
    public static int units(byte[] a, int offset, int length) {
        if (length < 1) {
            return 0;
        }
        int type = a[offset] & TYPE;
        if (type == TYPE_STAP_A) {
            return aggregated(a, offset + 1, offset + length);
        }
        if (type == TYPE_FU_A) {
            return length > 2 ? fragment(a[offset], a[offset + 1]) : 0;
        }
        return type == 0 || type > TYPE_LAST_SINGLE ? 0 : unit(a[offset]);
    }

    /// RFC 6184 §5.7.1: units behind each other, each after its length in two bytes.
    private static int aggregated(byte[] a, int from, int end) {
        int units = 0;
        int at = from;
        while (at < end) {
            if (at + 2 > end) {
                return 0;
            }
            int size = (a[at] & 0xFF) << 8 | (a[at + 1] & 0xFF);
            at += 2;
            if (size == 0 || at + size > end) {
                return 0;
            }
            units |= unit(a[at]);
            at += size;
        }
        return units;
    }

    /// RFC 6184 §5.8: the type is in the FU header, the reference bits are in the indicator.
    private static int fragment(int indicator, int header) {
        int unit = unit(indicator & ~TYPE | header & TYPE);
        return (header & START) != 0 ? unit : CONTINUED | unit & REFERENCE;
    }

    private static int unit(int header) {
        int reference = (header & NRI) == 0 ? 0 : REFERENCE;
        int type = header & TYPE;
        if (type >= TYPE_SLICE && type <= TYPE_PARTITION_C) {
            return SLICE | reference;
        }
        return reference
                | switch (type) {
                    case TYPE_IDR -> IDR;
                    case TYPE_SPS -> SPS;
                    case TYPE_PPS -> PPS;
                    default -> OTHER;
                };
    }
}
