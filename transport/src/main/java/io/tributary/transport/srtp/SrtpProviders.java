package io.tributary.transport.srtp;

import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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
            case IPSEC_MB -> ipsecMb(Level.WARN).orElseGet(() -> insteadOf("ipsec-mb", "libipsec-mb1"));
            case OPENSSL -> openSsl(Level.WARN).orElseGet(() -> insteadOf("openssl", "libssl3"));
            case JDK -> jdk();
        };
    }

    /// OpenSSL, unless this machine lacks it or it fails its self-test.
    public static Optional<SrtpCipherProvider> openSsl() {
        return openSsl(Level.INFO);
    }

    /// Intel's Multi-Buffer Crypto for IPsec, unless this machine lacks it, its processor is not made for it, or it
    /// fails its self-test. AES-CM is what [Choice#AUTO] makes of it.
    public static Optional<SrtpCipherProvider> ipsecMb() {
        return ipsecMb(Level.INFO);
    }

    private static Optional<SrtpCipherProvider> openSsl(Level loss) {
        return tested("openssl", OpenSslCipherProvider::new, loss);
    }

    private static Optional<SrtpCipherProvider> ipsecMb(Level loss) {
        return tested("ipsec-mb", () -> new IpsecMbCipherProvider(auto()), loss);
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

    private static SrtpCipherProvider insteadOf(String wanted, String debianPackage) {
        SrtpCipherProvider found = auto();
        LOG.warn(
                "srtp provider={} in place of {}, which was asked for. If it is only missing: apt install {}",
                found.name(),
                wanted,
                debianPackage);
        return found;
    }

    /// @param loss how bad it is not to have this one
    private static Optional<SrtpCipherProvider> tested(String name, Supplier<SrtpCipherProvider> maker, Level loss) {
        try {
            SrtpCipherProvider provider = maker.get();
            if (CipherSelfTest.passes(provider)) {
                return Optional.of(provider);
            }
            LOG.warn("srtp provider={} refused: wrong answers to the SRTP test vectors", name);
        } catch (LinkageError | IllegalCallerException | IllegalStateException e) {
            LOG.atLevel(loss).log("srtp provider={} not available: {}", name, e.toString());
        }
        return Optional.empty();
    }
}
