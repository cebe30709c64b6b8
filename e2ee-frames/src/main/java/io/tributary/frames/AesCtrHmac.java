package io.tributary.frames;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES in counter mode, then HMAC over lengths, nonce, associated data and ciphertext, cut to the tag's size
/// (RFC 9605 §4.5.1).
final class AesCtrHmac implements FrameAead {
    /// The nonce's 12 bytes, and 4 of zeros that count blocks.
    private static final int COUNTER_BLOCK_BYTES = 16;

    private final SecretKeySpec encryptionKey;
    private final Cipher cipher;
    private final Mac mac;
    private final int tagSizeBytes;

    /// @param key the encryption key, `encryptionKeySizeBytes` long, and after it the authentication key
    AesCtrHmac(byte[] key, int encryptionKeySizeBytes, String macAlgorithm, int tagSizeBytes) {
        this.encryptionKey = new SecretKeySpec(key, 0, encryptionKeySizeBytes, "AES");
        this.tagSizeBytes = tagSizeBytes;
        try {
            cipher = Cipher.getInstance("AES/CTR/NoPadding");
            mac = Mac.getInstance(macAlgorithm);
            mac.init(new SecretKeySpec(key, encryptionKeySizeBytes, key.length - encryptionKeySizeBytes, macAlgorithm));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-CTR and HMAC", e);
        }
    }

    @Override
    public void seal(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out, int outOffset) {
        crypt(Cipher.ENCRYPT_MODE, nonce, in, offset, length, out, outOffset);
        System.arraycopy(tag(nonce, aad, out, outOffset, length), 0, out, outOffset + length, tagSizeBytes);
    }

    @Override
    public boolean open(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out) {
        int plainLength = length - tagSizeBytes;
        if (plainLength < 0) {
            return false;
        }
        byte[] expected = tag(nonce, aad, in, offset, plainLength);
        byte[] found = Arrays.copyOfRange(in, offset + plainLength, offset + length);
        if (!MessageDigest.isEqual(expected, found)) {
            return false;
        }
        crypt(Cipher.DECRYPT_MODE, nonce, in, offset, plainLength, out, 0);
        return true;
    }

    private void crypt(int mode, byte[] nonce, byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            cipher.init(mode, encryptionKey, new IvParameterSpec(Arrays.copyOf(nonce, COUNTER_BLOCK_BYTES)));
            cipher.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the output has room", e);
        }
    }

    private byte[] tag(byte[] nonce, byte[] aad, byte[] cipherText, int offset, int length) {
        mac.update(ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(aad.length)
                .putLong(length)
                .putLong(tagSizeBytes)
                .array());
        mac.update(nonce);
        mac.update(aad);
        mac.update(cipherText, offset, length);
        return Arrays.copyOf(mac.doFinal(), tagSizeBytes);
    }
}
