package io.tributary.frames;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refusal;
import io.tributary.frames.Opened.Refused;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// SFrame under one base key and key id (RFC 9605 §4.4): derives the key and the salt, makes the nonce, and seals
/// or opens a frame. It counts nothing; [SFrameSender] and [SFrameReceiver] do, one of which is what a program
/// wants, because a base key serves one direction only.
///
/// One thread at a time.
public final class SFrameCipher {
    private static final byte[] NO_SALT = {};
    private static final String KEY_LABEL = "SFrame 1.0 Secret key ";
    private static final String SALT_LABEL = "SFrame 1.0 Secret salt ";

    private final SFrameSuite suite;
    private final long keyId;
    private final FrameAead aead;
    private final byte[] salt;

    public SFrameCipher(SFrameSuite suite, long keyId, byte[] baseKey) {
        this.suite = suite;
        this.keyId = keyId;
        this.aead = suite.aead(derive(suite, KEY_LABEL, keyId, baseKey, suite.keySizeBytes()));
        this.salt = derive(suite, SALT_LABEL, keyId, baseKey, suite.nonceSizeBytes());
    }

    public long keyId() {
        return keyId;
    }

    /// Header and ciphertext of a frame. A counter is used once under a base key.
    ///
    /// @param counter unsigned
    /// @param metadata authenticated and not sent; the receiver has to know it
    public byte[] seal(long counter, byte[] metadata, byte[] frame) {
        SFrameHeader header = new SFrameHeader(keyId, counter);
        int headerSize = header.sizeBytes();
        byte[] out = new byte[headerSize + frame.length + suite.tagSizeBytes()];
        header.write(out, 0);
        aead.seal(nonce(counter), aad(out, headerSize, metadata), frame, 0, frame.length, out, headerSize);
        return out;
    }

    /// The frame of a ciphertext whose header names this key id.
    public Opened open(byte[] metadata, byte[] sframe) {
        return SFrameHeader.parse(sframe)
                .map(header -> open(header, metadata, sframe))
                .orElse(new Refused(Refusal.MALFORMED));
    }

    /// The same when the header was read already.
    Opened open(SFrameHeader header, byte[] metadata, byte[] sframe) {
        if (header.keyId() != keyId) {
            return new Refused(Refusal.UNKNOWN_KEY);
        }
        int headerSize = header.sizeBytes();
        int sealedSize = sframe.length - headerSize;
        if (sealedSize < suite.tagSizeBytes()) {
            return new Refused(Refusal.MALFORMED);
        }
        byte[] out = new byte[sealedSize - suite.tagSizeBytes()];
        byte[] aad = aad(sframe, headerSize, metadata);
        return aead.open(nonce(header.counter()), aad, sframe, headerSize, sealedSize, out)
                ? new Plain(out)
                : new Refused(Refusal.NOT_AUTHENTIC);
    }

    private byte[] nonce(long counter) {
        byte[] nonce = salt.clone();
        for (int i = nonce.length - 1; i >= nonce.length - Long.BYTES; i--) {
            nonce[i] ^= (byte) counter;
            counter >>>= Byte.SIZE;
        }
        return nonce;
    }

    private static byte[] aad(byte[] sframe, int headerSize, byte[] metadata) {
        byte[] aad = Arrays.copyOf(sframe, headerSize + metadata.length);
        System.arraycopy(metadata, 0, aad, headerSize, metadata.length);
        return aad;
    }

    private static byte[] derive(SFrameSuite suite, String label, long keyId, byte[] baseKey, int sizeBytes) {
        byte[] info = ByteBuffer.allocate(label.length() + Long.BYTES + Short.BYTES)
                .put(label.getBytes(US_ASCII))
                .putLong(keyId)
                .putShort((short) suite.id())
                .array();
        return Hkdf.derive(suite.keyDerivation(), NO_SALT, baseKey, info, sizeBytes);
    }
}
