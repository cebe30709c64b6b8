package io.tributary.transport.srtp;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The JDK's own ciphers: there on every machine, half as slow again as OpenSSL, a kilobyte of garbage per packet.
/// Heap to heap, since its direct buffers are slower still.
public final class JdkCipherProvider implements SrtpCipherProvider {
    @Override
    public String name() {
        return "jdk";
    }

    @Override
    public AeadCipher aead(byte[] key, boolean encrypts) {
        try {
            return new Aead(key, encrypts);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM", e);
        }
    }

    @Override
    public CounterMacCipher counterMac(byte[] key, byte[] macKey) {
        try {
            return new CounterMac(key, macKey);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/CTR and HmacSHA1", e);
        }
    }

    private static final class Aead implements AeadCipher {
        private final Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        private final SecretKeySpec key;
        private final int mode;
        private boolean closed;

        Aead(byte[] key, boolean encrypts) throws GeneralSecurityException {
            this.key = new SecretKeySpec(key, "AES");
            this.mode = encrypts ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE;
        }

        @Override
        public void seal(
                byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
            try {
                begin(iv, aad, aadOffset, aadLength);
                cipher.doFinal(text, textOffset, textLength, text, textOffset);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES-GCM refused to encrypt", e);
            }
        }

        @Override
        public boolean open(
                byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
            try {
                begin(iv, aad, aadOffset, aadLength);
                cipher.doFinal(text, textOffset, textLength + TAG_BYTES, text, textOffset);
                return true;
            } catch (AEADBadTagException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES-GCM refused to decrypt", e);
            }
        }

        private void begin(byte[] iv, byte[] aad, int aadOffset, int aadLength)
                throws InvalidKeyException, InvalidAlgorithmParameterException {
            if (closed) {
                throw new IllegalStateException("the cipher is closed");
            }
            cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, iv));
            cipher.updateAAD(aad, aadOffset, aadLength);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class CounterMac implements CounterMacCipher {
        private final Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        private final Mac mac = Mac.getInstance("HmacSHA1");
        private final SecretKeySpec key;
        private boolean closed;

        CounterMac(byte[] key, byte[] macKey) throws GeneralSecurityException {
            this.key = new SecretKeySpec(key, "AES");
            mac.init(new SecretKeySpec(macKey, "HmacSHA1"));
        }

        @Override
        public void crypt(byte[] iv, byte[] text, int offset, int length) {
            requireOpen();
            try {
                cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
                cipher.doFinal(text, offset, length, text, offset);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("AES-CTR refused", e);
            }
        }

        @Override
        public void authenticate(byte[] data, int offset, int length, byte[] out) {
            requireOpen();
            try {
                mac.update(data, offset, length);
                mac.doFinal(out, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("HMAC-SHA1 refused", e);
            }
        }

        private void requireOpen() {
            if (closed) {
                throw new IllegalStateException("the cipher is closed");
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
