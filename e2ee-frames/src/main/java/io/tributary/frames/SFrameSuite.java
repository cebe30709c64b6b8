package io.tributary.frames;

/// An SFrame cipher suite (RFC 9605 §4.5). A new one is a class that implements this, and a place in an
/// [SFrameSuites].
public interface SFrameSuite {
    /// The number of IANA's registry, two bytes; it goes into the key derivation.
    int id();

    /// The name of the registry.
    String name();

    /// The JDK's name of the HKDF that derives keys, as in `HKDF-SHA256`.
    String keyDerivation();

    /// Output of that HKDF's hash: Nh.
    int hashSizeBytes();

    /// Key of the AEAD: Nk.
    int keySizeBytes();

    /// Nonce of the AEAD: Nn, at least the 8 bytes of a counter.
    int nonceSizeBytes();

    /// What the AEAD adds to a frame: Nt.
    int tagSizeBytes();

    /// The AEAD under a key of [#keySizeBytes].
    FrameAead aead(byte[] key);
}
