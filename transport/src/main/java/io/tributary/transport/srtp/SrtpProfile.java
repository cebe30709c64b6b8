package io.tributary.transport.srtp;

import java.util.Optional;

/// The protection profiles we speak (RFC 5764 §4.1.2, RFC 7714 §14.2), in the order in which we choose: the AEAD ones
/// cost a third of AES-CM with HMAC-SHA1.
public enum SrtpProfile {
    AEAD_AES_128_GCM(0x0007, 16, 12),
    AEAD_AES_256_GCM(0x0008, 32, 12),
    AES128_CM_SHA1_80(0x0001, 16, 14);

    private final int wireId;
    private final int keyBytes;
    private final int saltBytes;

    SrtpProfile(int wireId, int keyBytes, int saltBytes) {
        this.wireId = wireId;
        this.keyBytes = keyBytes;
        this.saltBytes = saltBytes;
    }

    /// As in the `use_srtp` extension.
    public int wireId() {
        return wireId;
    }

    public int keyBytes() {
        return keyBytes;
    }

    public int saltBytes() {
        return saltBytes;
    }

    /// What the DTLS exporter must yield: both sides' master key and salt.
    public int exportBytes() {
        return 2 * (keyBytes + saltBytes);
    }

    public static Optional<SrtpProfile> of(int wireId) {
        for (SrtpProfile profile : values()) {
            if (profile.wireId == wireId) {
                return Optional.of(profile);
            }
        }
        return Optional.empty();
    }
}
