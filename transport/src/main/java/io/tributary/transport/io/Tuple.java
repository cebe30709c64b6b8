package io.tributary.transport.io;

import java.net.InetSocketAddress;

/// One path to a peer: which of the loop's sockets, and which address beyond it.
///
/// @param socket index of the local socket in its loop's shard
public record Tuple(int socket, InetSocketAddress remote) {
    public boolean matches(int otherSocket, InetSocketAddress otherRemote) {
        return socket == otherSocket && remote.equals(otherRemote);
    }

    /// Addresses of people are not for logs.
    @Override
    public String toString() {
        return "Tuple[" + socket + "]";
    }
}
