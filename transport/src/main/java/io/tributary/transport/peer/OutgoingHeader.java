package io.tributary.transport.peer;

/// How one packet looks on an outgoing stream: what the forwarder changed. Reused; the owner fills it before each
/// call.
public final class OutgoingHeader {
    /// The longest VP8 payload descriptor (RFC 7741 §4.2) is 6 bytes; 16 leaves room for its cousins.
    public static final int MAX_PREFIX_BYTES = 16;

    /// The longest header extension element that there is (RFC 8285 §4.3).
    public static final int MAX_DESCRIPTOR_BYTES = 255;

    /// 16-bit sequence number.
    public int seq;

    public int timestampTicks;
    public boolean marker;

    /// Bytes of the source payload that [#prefix] takes the place of: its payload descriptor. 0 leaves the payload
    /// as it is.
    public int replacedBytes;

    public int prefixBytes;
    public final byte[] prefix = new byte[MAX_PREFIX_BYTES];

    /// Bytes of [#descriptor] that go out as the dependency descriptor, where the receiver agreed to one; 0 for
    /// none.
    public int descriptorBytes;

    public final byte[] descriptor = new byte[MAX_DESCRIPTOR_BYTES];

    /// The payload stays as it is, and no dependency descriptor goes with it.
    public void replaceNothing() {
        replacedBytes = 0;
        prefixBytes = 0;
        descriptorBytes = 0;
    }

    /// Makes this look like `other`.
    void copy(OutgoingHeader other) {
        seq = other.seq;
        timestampTicks = other.timestampTicks;
        marker = other.marker;
        replacedBytes = other.replacedBytes;
        prefixBytes = other.prefixBytes;
        System.arraycopy(other.prefix, 0, prefix, 0, other.prefixBytes);
        descriptorBytes = other.descriptorBytes;
        System.arraycopy(other.descriptor, 0, descriptor, 0, other.descriptorBytes);
    }
}
