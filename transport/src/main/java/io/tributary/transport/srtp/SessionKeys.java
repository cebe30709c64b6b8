package io.tributary.transport.srtp;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Derives session keys from a master key and salt (RFC 3711 §4.3 with AES-CM as its function; for the AEAD
/// profiles RFC 7714 §11, for 256-bit keys RFC 6188 §3). The key derivation rate is zero: derived once.
final class SessionKeys {
    private static final int RTP_ENCRYPTION = 0;
    private static final int RTP_AUTHENTICATION = 1;
    private static final int RTP_SALT = 2;

    /// The labels of SRTCP follow those of SRTP (RFC 3711 §4.3.2).
    private static final int RTCP = 3;

    private static final int MAC_KEY_BYTES = 20;

    private SessionKeys() {}

    /// Makes what protects or opens the RTP (or RTCP) of one direction.
    static SrtpTransform derive(
            SrtpCipherProvider provider,
            SrtpProfile profile,
            byte[] masterKey,
            byte[] masterSalt,
            boolean rtcp,
            boolean encrypts) {
        int base = rtcp ? RTCP : 0;
        byte[] key = derive(masterKey, masterSalt, base + RTP_ENCRYPTION, profile.keyBytes());
        byte[] salt = derive(masterKey, masterSalt, base + RTP_SALT, profile.saltBytes());
        try {
            return switch (profile) {
                case AEAD_AES_128_GCM, AEAD_AES_256_GCM -> new AeadTransform(provider.aead(key, encrypts), salt);
                case AES128_CM_SHA1_80 -> {
                    byte[] macKey = derive(masterKey, masterSalt, base + RTP_AUTHENTICATION, MAC_KEY_BYTES);
                    yield new CounterMacTransform(provider.counterMac(key, macKey), salt);
                }
            };
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    static byte[] derive(byte[] masterKey, byte[] masterSalt, int label, int lengthBytes) {
        byte[] iv = Arrays.copyOf(masterSalt, 16); // a 96-bit salt is padded on the right like one of 112 bits
        iv[7] ^= (byte) label;
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(masterKey, "AES"), new IvParameterSpec(iv));
            return cipher.doFinal(new byte[lengthBytes]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/CTR", e);
        }
    }
}
