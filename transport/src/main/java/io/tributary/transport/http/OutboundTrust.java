package io.tributary.transport.http;

import java.security.cert.X509Certificate;
import java.util.List;

/// Whose certificates count when we ask other servers.
///
/// @param verify false takes any certificate of anybody: for tests and for nothing else
/// @param furtherRoots authorities beside those that the Java runtime knows
public record OutboundTrust(boolean verify, List<X509Certificate> furtherRoots) {
    public OutboundTrust {
        furtherRoots = List.copyOf(furtherRoots);
    }

    /// What the Java runtime knows.
    public static OutboundTrust usual() {
        return new OutboundTrust(true, List.of());
    }
}
