package io.tributary.frames;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-GCM with a tag of 128 bits and a nonce of 96 (NIST SP 800-38D).
final class AesGcm implements FrameAead {
    static final int TAG_SIZE_BYTES = 16;
    static final int NONCE_SIZE_BYTES = 12;

    private final SecretKeySpec key;
    private final Cipher cipher;

    AesGcm(byte[] key) {
        this.key = new SecretKeySpec(key, "AES");
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    @Override
    public void seal(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            // The JDK refuses the nonce it was given last, so a counter that stands still cannot go unnoticed.
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG_SIZE_BYTES, nonce));
            cipher.updateAAD(aad);
            cipher.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a nonce is used once, and the output has room", e);
        }
    }

    @Override
    public boolean open(byte[] nonce, byte[] aad, byte[] in, int offset, int length, byte[] out) {
        if (length < TAG_SIZE_BYTES) {
            return false;
        }
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG_SIZE_BYTES, nonce));
            cipher.updateAAD(aad);
            cipher.doFinal(in, offset, length, out, 0);
            return true;
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sizes were checked above", e);
        }
    }
}
