package io.tributary.frames;

/// The suites with AES-GCM (RFC 9605 §4.5, RFC 5116).
enum AesGcmSuite implements SFrameSuite {
    AES_128_GCM_SHA256_128(4, 16, 256),
    AES_256_GCM_SHA512_128(5, 32, 512);

    private final int id;
    private final int keySizeBytes;
    private final int hashBits;

    AesGcmSuite(int id, int keySizeBytes, int hashBits) {
        this.id = id;
        this.keySizeBytes = keySizeBytes;
        this.hashBits = hashBits;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String keyDerivation() {
        return "HKDF-SHA" + hashBits;
    }

    @Override
    public int hashSizeBytes() {
        return hashBits / Byte.SIZE;
    }

    @Override
    public int keySizeBytes() {
        return keySizeBytes;
    }

    @Override
    public int nonceSizeBytes() {
        return AesGcm.NONCE_SIZE_BYTES;
    }

    @Override
    public int tagSizeBytes() {
        return AesGcm.TAG_SIZE_BYTES;
    }

    @Override
    public FrameAead aead(byte[] key) {
        return new AesGcm(key);
    }
}
