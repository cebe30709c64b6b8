package io.tributary.transport.srtp;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the cipher provider for this machine. Choose once, at start.
public final class SrtpProviders {
    private static final Logger LOG = LoggerFactory.getLogger(SrtpProviders.class);

    private SrtpProviders() {}

    /// OpenSSL where it loads and gives the right answers to the published test vectors, else the JDK.
    public static SrtpCipherProvider choose() {
        Optional<SrtpCipherProvider> openSsl = openSsl();
        if (openSsl.isPresent()) {
            return openSsl.get();
        }
        var jdk = new JdkCipherProvider();
        if (!CipherSelfTest.passes(jdk)) {
            throw new IllegalStateException("the JDK's ciphers fail the SRTP test vectors");
        }
        return jdk;
    }

    /// OpenSSL, unless this machine lacks it or it fails its self-test.
    public static Optional<SrtpCipherProvider> openSsl() {
        try {
            var provider = new OpenSslCipherProvider();
            if (CipherSelfTest.passes(provider)) {
                return Optional.of(provider);
            }
            LOG.warn("srtp provider=openssl refused: wrong answers to the SRTP test vectors");
        } catch (LinkageError | IllegalCallerException | IllegalStateException e) {
            LOG.info("srtp provider=openssl not available: {}", e.toString());
        }
        return Optional.empty();
    }
}
