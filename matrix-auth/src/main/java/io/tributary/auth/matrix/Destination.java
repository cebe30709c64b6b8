package io.tributary.auth.matrix;

import java.net.InetAddress;
import java.util.List;

/// Where to ask, and as whom.
///
/// @param tls false only for a base URL that the operator wrote
/// @param certificateName what the certificate has to be for, and what SNI says: the name after delegation and before
///     SRV, never an SRV record's target; an address has no brackets
/// @param host the Host header
/// @param addresses checked; never empty
/// @param basePath comes before the path that is asked for; empty, or begins with a slash and doesn't end in one
public record Destination(
        boolean tls, String certificateName, String host, int port, List<InetAddress> addresses, String basePath) {
    public Destination {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("nowhere to connect to");
        }
    }
}
