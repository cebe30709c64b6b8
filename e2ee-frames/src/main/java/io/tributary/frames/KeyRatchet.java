package io.tributary.frames;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The material behind a LiveKit key, and the keys that follow from it. A passphrase is stretched with PBKDF2, a
/// key that was exchanged goes through HKDF; a ratcheted key goes on with the function it began with.
///
/// Both give 256 bits, of which the first half is the encryption key and the whole is the material of the next
/// step. That is LiveKit's rule and not a good one: a step back is impossible, but who learns an encryption key
/// knows half of the next material.
///
/// Immutable. Making one of a passphrase takes tens of milliseconds.
public final class KeyRatchet {
    private static final byte[] SALT = "LKFrameEncryptionKey".getBytes(UTF_8);
    private static final int PBKDF2_ITERATIONS = 100_000;

    /// Clients pass zeros here.
    private static final byte[] HKDF_INFO = new byte[128];

    private static final int MATERIAL_SIZE_BYTES = 32;
    private static final int KEY_SIZE_BYTES = 16;

    private enum Derivation {
        PBKDF2,
        HKDF
    }

    private final Derivation derivation;
    private final byte[] derived;

    private KeyRatchet(Derivation derivation, byte[] material) {
        this.derivation = derivation;
        this.derived = switch (derivation) {
            case PBKDF2 -> pbkdf2(material);
            case HKDF -> Hkdf.derive("HKDF-SHA256", SALT, material, HKDF_INFO, MATERIAL_SIZE_BYTES);
        };
    }

    /// What clients do with a shared passphrase.
    public static KeyRatchet ofPassphrase(String passphrase) {
        return new KeyRatchet(Derivation.PBKDF2, passphrase.getBytes(UTF_8));
    }

    /// What clients do with the bytes of a key, as Element Call exchanges them.
    public static KeyRatchet ofKey(byte[] key) {
        return new KeyRatchet(Derivation.HKDF, key);
    }

    /// The next step: nothing of it leads back to this one.
    public KeyRatchet next() {
        return new KeyRatchet(derivation, derived);
    }

    byte[] encryptionKey() {
        return Arrays.copyOf(derived, KEY_SIZE_BYTES);
    }

    /// The first block of PBKDF2 (RFC 8018 §5.2), which is all that 256 bits need. The JDK's takes characters only,
    /// and the material of a second step is none.
    private static byte[] pbkdf2(byte[] password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            // HMAC fills a key up with zeros, so one zero is the empty key, which the JDK refuses.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
            mac.update(SALT);
            byte[] step = mac.doFinal(new byte[] {0, 0, 0, 1});
            byte[] sum = step.clone();
            for (int i = 1; i < PBKDF2_ITERATIONS; i++) {
                step = mac.doFinal(step);
                for (int j = 0; j < sum.length; j++) {
                    sum[j] ^= step[j];
                }
            }
            return sum;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA256", e);
        }
    }
}
