package io.tributary.server;

import java.io.IOException;

/// A server that is up: everything it was configured to listen on is listened on.
public interface RunningServer extends AutoCloseable {
    /// How a configuration becomes a running server.
    @FunctionalInterface
    interface Start {
        /// Opens everything and returns; the server runs on threads of its own.
        ///
        /// @throws IOException when something cannot be opened; nothing is left open then
        RunningServer start(ServerConfig config, MediaPlan media) throws IOException;
    }

    /// The port that HTTP and WebSocket are served on, also when any free one was asked for.
    int httpPort();

    /// The library that encrypts media, in words.
    String cryptoProvider();

    /// Whether there is a call page to open.
    boolean hasCallPage();

    /// Tells participants to leave and where to go, then closes everything. Returns when that is done.
    @Override
    void close();
}
