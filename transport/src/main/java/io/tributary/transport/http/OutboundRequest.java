package io.tributary.transport.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// One GET to an address that was chosen beforehand.
///
/// @param address resolved; its name, if it carries one, is dropped
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
        address = new InetSocketAddress(nameless(address.getAddress()), address.getPort());
    }

    /// The address as a number. Resolvers attach the name to it, and a library that finds one there may look it up
    /// once more, whatever was checked before.
    private static InetAddress nameless(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has the length of one", e);
        }
    }

    /// Queries carry tokens.
    @Override
    public String toString() {
        return "GET " + host + " at " + address;
    }
}
