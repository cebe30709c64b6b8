package io.tributary.frames;

/// An AEAD (RFC 5116) under one key. The tag is the end of the ciphertext. Not for two threads at once.
public interface FrameAead {
    /// Writes `length` encrypted bytes of `in` and then the tag to `out`. A nonce is used once.
    void seal(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out, int outOffset);

    /// Checks the tag and writes the plaintext of the `length` bytes at `offset`, tag included, to `out` from its
    /// beginning. False, with nothing of worth in `out`, when the tag is wrong or does not fit in.
    boolean open(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out);
}
