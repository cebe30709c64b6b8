package io.tributary.transport.codec;

/// The AV1 aggregation header, the payload's first byte (AV1 RTP payload format §4.4): `|Z|Y| W |N|-|-|-|`.
///
/// What is behind it belongs to the encoded frame. With end-to-end encryption it is cipher text, so nobody here
/// looks.
public final class Av1Payload {
    private static final int CONTINUES = 0x80;
    private static final int STARTS_SEQUENCE = 0x08;

    private Av1Payload() {}

    /// Whether it is the first packet of a coded video sequence, that is of a key frame.
    public static boolean startsSequence(int header) {
        return (header & (CONTINUES | STARTS_SEQUENCE)) == STARTS_SEQUENCE;
    }

    /// Whether a payload's length and first byte can be: at least an element, and no sequence begins in the
    /// middle of one.
    public static boolean valid(int header, int length) {
        return length > 1 && (header & (CONTINUES | STARTS_SEQUENCE)) != (CONTINUES | STARTS_SEQUENCE);
    }
}
