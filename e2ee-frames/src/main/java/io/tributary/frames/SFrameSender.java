package io.tributary.frames;

/// Encrypts with one base key and counts for it, so that no nonce comes twice (RFC 9605 §4.4.1, §9.1). The base key
/// is this sender's alone: another one with the same key would begin to count at 0 again.
///
/// One thread at a time.
public final class SFrameSender {
    private final SFrameCipher cipher;
    private long nextCounter;
    private boolean exhausted;

    public SFrameSender(SFrameSuite suite, long keyId, byte[] baseKey) {
        this(suite, keyId, baseKey, 0);
    }

    /// Goes on counting where an earlier sender with this key stopped.
    ///
    /// @param firstCounter unsigned
    public SFrameSender(SFrameSuite suite, long keyId, byte[] baseKey, long firstCounter) {
        this.cipher = new SFrameCipher(suite, keyId, baseKey);
        this.nextCounter = firstCounter;
    }

    /// The next frame.
    ///
    /// @throws IllegalStateException after all 2^64 counters were used
    public byte[] seal(byte[] metadata, byte[] frame) {
        if (exhausted) {
            throw new IllegalStateException("every counter of this key was used");
        }
        byte[] sealed = cipher.seal(nextCounter, metadata, frame);
        exhausted = ++nextCounter == 0;
        return sealed;
    }
}
