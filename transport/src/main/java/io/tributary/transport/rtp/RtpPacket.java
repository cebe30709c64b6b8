package io.tributary.transport.rtp;

import io.tributary.transport.io.PacketBuffer;

/// A view of one RTP packet in a [PacketBuffer] (RFC 3550 §5.1). Reused: valid until the next [#wrap], and only as long
/// as somebody holds the buffer. The flyweight holds no reference of its own.
public final class RtpPacket {
    /// The fixed header without CSRCs.
    public static final int FIXED_HEADER_BYTES = 12;

    private static final int ONE_BYTE_PROFILE = 0xBEDE;
    private static final int TWO_BYTE_PROFILE = 0x1000; // RFC 8285 §4.3: 0x100 in the upper twelve bits

    private PacketBuffer buffer;
    private byte[] array = new byte[0];
    private ExtensionMap extensions = ExtensionMap.EMPTY;
    private int start;
    private int payloadOffset;
    private int payloadLength;
    private int paddingLength;
    private int extensionStart;
    private int extensionEnd;
    private boolean twoByteExtensions;

    @SuppressWarnings("NullAway.Init") // a flyweight shows nothing before its first wrap
    public RtpPacket() {}

    /// Shows the packet in `packet`, whose header extensions have the ids of `map`.
    ///
    /// @return false when the bytes are no well-formed RTP packet; the flyweight then shows nothing useful
    public boolean wrap(PacketBuffer packet, ExtensionMap map) {
        byte[] a = packet.array();
        int from = packet.offset();
        int end = packet.end();
        if (end - from < FIXED_HEADER_BYTES || (a[from] & 0xC0) != 0x80) {
            return false;
        }
        int at = from + FIXED_HEADER_BYTES + 4 * (a[from] & 0x0F);
        int extStart = 0;
        int extEnd = 0;
        boolean twoByte = false;
        if ((a[from] & 0x10) != 0) {
            if (at + 4 > end) {
                return false;
            }
            int profile = u16(a, at);
            int lengthBytes = 4 * u16(a, at + 2);
            at += 4;
            if (at + lengthBytes > end) {
                return false;
            }
            if (profile == ONE_BYTE_PROFILE || (profile & 0xFFF0) == TWO_BYTE_PROFILE) {
                extStart = at;
                extEnd = at + lengthBytes;
                twoByte = profile != ONE_BYTE_PROFILE;
            }
            at += lengthBytes;
        }
        if (at > end) {
            return false;
        }
        int padding = 0;
        if ((a[from] & 0x20) != 0) {
            padding = at < end ? a[end - 1] & 0xFF : 0;
            if (padding == 0 || at + padding > end) {
                return false;
            }
        }
        buffer = packet;
        array = a;
        extensions = map;
        start = from;
        payloadOffset = at;
        payloadLength = end - at - padding;
        paddingLength = padding;
        extensionStart = extStart;
        extensionEnd = extEnd;
        twoByteExtensions = twoByte;
        return true;
    }

    public PacketBuffer buffer() {
        return buffer;
    }

    public byte[] array() {
        return array;
    }

    public ExtensionMap extensions() {
        return extensions;
    }

    public boolean marker() {
        return (array[start + 1] & 0x80) != 0;
    }

    public int payloadType() {
        return array[start + 1] & 0x7F;
    }

    /// The 16-bit sequence number.
    public int seq() {
        return u16(array, start + 2);
    }

    /// In ticks of the codec's clock, as an unsigned 32-bit number in an int.
    public int timestampTicks() {
        return i32(array, start + 4);
    }

    public int ssrc() {
        return i32(array, start + 8);
    }

    /// Index of the first payload byte in [#array].
    public int payloadOffset() {
        return payloadOffset;
    }

    /// Without padding.
    public int payloadLength() {
        return payloadLength;
    }

    public int paddingLength() {
        return paddingLength;
    }

    /// Bytes of the whole packet, header and padding included.
    public int sizeBytes() {
        return buffer.length();
    }

    public void seq(int seq) {
        array[start + 2] = (byte) (seq >>> 8);
        array[start + 3] = (byte) seq;
    }

    /// Finds one extension's data: the index of its first byte in [#array] shifted left by 8, plus its length in bytes;
    /// -1 when the packet has none.
    public int find(HeaderExtension extension) {
        int id = extensions.id(extension);
        return id == 0 ? -1 : find(id);
    }

    /// As [#find(HeaderExtension)], by wire id.
    public int find(int id) {
        int cursor = firstElement();
        while (cursor >= 0) {
            if (elementId(cursor) == id) {
                return elementData(cursor) << 8 | elementLength(cursor);
            }
            cursor = nextElement(cursor);
        }
        return -1;
    }

    /// Index of the first extension element, -1 when there is none. Walk on with [#nextElement].
    public int firstElement() {
        return element(extensionStart);
    }

    public int nextElement(int cursor) {
        return element(elementData(cursor) + elementLength(cursor));
    }

    public int elementId(int cursor) {
        return twoByteExtensions ? array[cursor] & 0xFF : (array[cursor] >>> 4) & 0x0F;
    }

    public int elementLength(int cursor) {
        return twoByteExtensions ? array[cursor + 1] & 0xFF : (array[cursor] & 0x0F) + 1;
    }

    /// Index of the element's first data byte in [#array].
    public int elementData(int cursor) {
        return cursor + (twoByteExtensions ? 2 : 1);
    }

    /// The element at or after `from`, padding skipped; -1 at the end or where the rest is malformed.
    private int element(int from) {
        int at = from;
        while (at < extensionEnd && array[at] == 0) {
            at++;
        }
        if (at >= extensionEnd || at + (twoByteExtensions ? 2 : 1) > extensionEnd) {
            return -1;
        }
        if (!twoByteExtensions && elementId(at) == 15) {
            return -1; // RFC 8285 §4.2: id 15 stops the parse
        }
        return elementData(at) + elementLength(at) <= extensionEnd ? at : -1;
    }

    private static int u16(byte[] a, int at) {
        return (a[at] & 0xFF) << 8 | (a[at + 1] & 0xFF);
    }

    private static int i32(byte[] a, int at) {
        return u16(a, at) << 16 | u16(a, at + 2);
    }
}
