package io.tributary.frames;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// HKDF (RFC 5869) in one call.
final class Hkdf {
    private Hkdf() {}

    /// Extracts with `salt`, expands with `info`.
    ///
    /// @param algorithm the JDK's name, as in `HKDF-SHA256`
    static byte[] derive(String algorithm, byte[] salt, byte[] inputKey, byte[] info, int sizeBytes) {
        try {
            return KDF.getInstance(algorithm)
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(inputKey)
                            .addSalt(salt)
                            .thenExpand(info, sizeBytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 25 has " + algorithm, e);
        }
    }
}
