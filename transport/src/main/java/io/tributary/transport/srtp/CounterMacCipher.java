package io.tributary.transport.srtp;

/// AES in counter mode with HMAC-SHA1 beside it, each under its own key (RFC 3711 §4.1.1, §4.2.1). Works in
/// place on heap arrays. One thread at a time; not for use after [#close].
public interface CounterMacCipher extends AutoCloseable {
    int IV_BYTES = 16;

    /// HMAC-SHA1's whole output; SRTP sends its first ten bytes.
    int MAC_BYTES = 20;

    /// Encrypts or decrypts `text[offset, +length)`: the same thing in counter mode.
    void crypt(byte[] iv, byte[] text, int offset, int length);

    /// HMAC-SHA1 of `data[offset, +length)`, into the first 20 bytes of `mac`.
    void authenticate(byte[] data, int offset, int length, byte[] mac);

    /// Wipes and frees what the keys left behind. Idempotent.
    @Override
    void close();
}
