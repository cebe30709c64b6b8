package io.tributary.transport.srtp;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the cipher provider for this machine. Choose once, at start.
public final class SrtpProviders {
    /// Who is to do the arithmetic. What this machine cannot do falls back to [#AUTO].
    public enum Choice {
        /// OpenSSL where it loads and gives the right answers to the published test vectors, else the JDK.
        AUTO,
        /// Intel's Multi-Buffer Crypto for IPsec.
        IPSEC_MB,
        /// OpenSSL 3.
        OPENSSL,
        /// The JDK's own ciphers.
        JDK
    }

    private static final Logger LOG = LoggerFactory.getLogger(SrtpProviders.class);

    private SrtpProviders() {}

    public static SrtpCipherProvider choose(Choice choice) {
        return switch (choice) {
            case AUTO -> auto();
            case IPSEC_MB -> ipsecMb().orElseGet(() -> instead("ipsec-mb", "libipsec-mb1"));
            case OPENSSL -> openSsl().orElseGet(() -> instead("openssl", "libssl3"));
            case JDK -> jdk();
        };
    }

    /// OpenSSL, unless this machine lacks it or it fails its self-test.
    public static Optional<SrtpCipherProvider> openSsl() {
        return tested("openssl", OpenSslCipherProvider::new);
    }

    /// Intel's Multi-Buffer Crypto for IPsec, unless this machine lacks it, its processor is not made for it, or it
    /// fails its self-test. AES-CM is what [Choice#AUTO] makes of it.
    public static Optional<SrtpCipherProvider> ipsecMb() {
        return tested("ipsec-mb", () -> new IpsecMbCipherProvider(auto()));
    }

    private static SrtpCipherProvider auto() {
        return openSsl().orElseGet(SrtpProviders::jdk);
    }

    private static SrtpCipherProvider jdk() {
        var jdk = new JdkCipherProvider();
        if (!CipherSelfTest.passes(jdk)) {
            throw new IllegalStateException("the JDK's ciphers fail the SRTP test vectors");
        }
        return jdk;
    }

    private static SrtpCipherProvider instead(String wanted, String debianPackage) {
        SrtpCipherProvider found = auto();
        LOG.warn(
                "srtp provider={} was asked for and cannot be had, see above; going on with {}. Where it is only missing:"
                        + " apt install {}",
                wanted,
                found.name(),
                debianPackage);
        return found;
    }

    private static Optional<SrtpCipherProvider> tested(String name, Supplier<SrtpCipherProvider> maker) {
        try {
            SrtpCipherProvider provider = maker.get();
            if (CipherSelfTest.passes(provider)) {
                return Optional.of(provider);
            }
            LOG.warn("srtp provider={} refused: wrong answers to the SRTP test vectors", name);
        } catch (LinkageError | IllegalCallerException | IllegalStateException e) {
            LOG.info("srtp provider={} not available: {}", name, e.toString());
        }
        return Optional.empty();
    }
}
