package io.tributary.frames;

/// The suites with AES-CTR and HMAC, for tags shorter than GCM allows (RFC 9605 §4.5.1).
enum AesCtrHmacSuite implements SFrameSuite {
    AES_128_CTR_HMAC_SHA256_80(1, 10),
    AES_128_CTR_HMAC_SHA256_64(2, 8),
    AES_128_CTR_HMAC_SHA256_32(3, 4);

    /// Nka.
    private static final int ENCRYPTION_KEY_SIZE_BYTES = 16;

    private static final int HASH_SIZE_BYTES = 32;

    private final int id;
    private final int tagSizeBytes;

    AesCtrHmacSuite(int id, int tagSizeBytes) {
        this.id = id;
        this.tagSizeBytes = tagSizeBytes;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String keyDerivation() {
        return "HKDF-SHA256";
    }

    @Override
    public int hashSizeBytes() {
        return HASH_SIZE_BYTES;
    }

    @Override
    public int keySizeBytes() {
        return ENCRYPTION_KEY_SIZE_BYTES + HASH_SIZE_BYTES;
    }

    @Override
    public int nonceSizeBytes() {
        return 12;
    }

    @Override
    public int tagSizeBytes() {
        return tagSizeBytes;
    }

    @Override
    public FrameAead aead(byte[] key) {
        return new AesCtrHmac(key, ENCRYPTION_KEY_SIZE_BYTES, "HmacSHA256", tagSizeBytes);
    }
}
