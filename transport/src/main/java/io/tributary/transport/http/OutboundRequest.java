package io.tributary.transport.http;

import java.net.InetSocketAddress;

/// One GET to an address that was chosen beforehand.
///
/// @param address resolved
/// @param tls whether over TLS
/// @param serverName what the certificate must be for, and what SNI says unless it is an address: a DNS name, or an
///     address without brackets
/// @param host the Host header, whole
/// @param pathAndQuery begins with a slash
/// @param maxBodyBytes a longer answer is not read
/// @param timeoutMillis for everything together: connecting, the handshake, the last byte of the answer
public record OutboundRequest(
        InetSocketAddress address,
        boolean tls,
        String serverName,
        String host,
        String pathAndQuery,
        int maxBodyBytes,
        long timeoutMillis) {
    public OutboundRequest {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("nothing here looks up " + address);
        }
    }

    /// Queries carry tokens.
    @Override
    public String toString() {
        return "GET " + host + " at " + address;
    }
}
