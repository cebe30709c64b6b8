package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// AES in counter mode with HMAC-SHA1 beside it, each under its own key (RFC 3711 §4.1.1, §4.2.1). Works in
/// place. One thread at a time; not for use after [#close].
public interface CounterMacCipher extends AutoCloseable {
    int IV_BYTES = 16;

    /// HMAC-SHA1's whole output; SRTP sends its first ten bytes.
    int MAC_BYTES = 20;

    /// Encrypts or decrypts `text[offset, +length)`: the same thing in counter mode.
    void crypt(byte[] iv, byte[] text, int offset, int length);

    /// As above, in native memory. By way of the heap, unless the cipher has something better.
    default void crypt(byte[] iv, MemorySegment memory, long at, int length) {
        byte[] text = new byte[length];
        MemorySegment.copy(memory, JAVA_BYTE, at, text, 0, length);
        crypt(iv, text, 0, length);
        MemorySegment.copy(text, 0, memory, JAVA_BYTE, at, length);
    }

    /// HMAC-SHA1 of `data[offset, +length)`, into the first 20 bytes of `mac`.
    void authenticate(byte[] data, int offset, int length, byte[] mac);

    /// As above, of native memory.
    default void authenticate(MemorySegment memory, long at, int length, byte[] mac) {
        byte[] data = new byte[length];
        MemorySegment.copy(memory, JAVA_BYTE, at, data, 0, length);
        authenticate(data, 0, length, mac);
    }

    /// Wipes and frees what the keys left behind. Idempotent.
    @Override
    void close();
}
