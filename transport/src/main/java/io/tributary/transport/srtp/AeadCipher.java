package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// AES-GCM under one key in one direction (RFC 5116 §5.1): a 12-byte IV, a 16-byte tag. Works in
/// place. One thread at a time; not for use after [#close].
public interface AeadCipher extends AutoCloseable {
    int IV_BYTES = 12;
    int TAG_BYTES = 16;

    /// Encrypts `text[textOffset, +textLength)` and writes the tag behind it.
    ///
    /// @param aad what is authenticated but not encrypted; may be the same array as `text`
    void seal(byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength);

    /// As above, for associated data and the text behind it in native memory. By way of the heap, unless the cipher has
    /// something better.
    default void seal(byte[] iv, MemorySegment memory, long at, int aadLength, int textLength) {
        byte[] packet = new byte[aadLength + textLength + TAG_BYTES];
        MemorySegment.copy(memory, JAVA_BYTE, at, packet, 0, aadLength + textLength);
        seal(iv, packet, 0, aadLength, packet, aadLength, textLength);
        MemorySegment.copy(packet, aadLength, memory, JAVA_BYTE, at + aadLength, textLength + TAG_BYTES);
    }

    /// Undoes [#seal]; `textLength` excludes the tag, which stands behind the text.
    ///
    /// @return false when the tag does not match; the text is then undefined
    boolean open(byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength);

    /// Wipes and frees what the key left behind. Idempotent.
    @Override
    void close();
}
