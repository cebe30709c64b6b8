package io.tributary.transport.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// A certificate hash as in `a=fingerprint` (RFC 8122 §5).
///
/// @param algorithm lower case: `sha-256`
/// @param value upper-case hex pairs joined by colons
public record Fingerprint(String algorithm, String value) {
    public Fingerprint {
        algorithm = algorithm.toLowerCase(Locale.ROOT);
        value = value.toUpperCase(Locale.ROOT);
    }

    /// The hash of a certificate, empty for a function we do not trust: SHA-1 and MD5 collide (RFC 8122 §5 allows
    /// them).
    public static Optional<Fingerprint> of(String algorithm, byte[] derCertificate) {
        String name = algorithm.toLowerCase(Locale.ROOT);
        return switch (name) {
            case "sha-256", "sha-384", "sha-512" -> {
                try {
                    byte[] hash = MessageDigest.getInstance(name.toUpperCase(Locale.ROOT))
                            .digest(derCertificate);
                    yield Optional.of(
                            new Fingerprint(name, HexFormat.ofDelimiter(":").formatHex(hash)));
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException("a JDK without " + name, e);
                }
            }
            default -> Optional.empty();
        };
    }

    @Override
    public String toString() {
        return algorithm + " " + value;
    }
}
