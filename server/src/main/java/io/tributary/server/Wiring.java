package io.tributary.server;

import java.io.IOException;

/// The only place that knows every module: plain `new`, read top to bottom.
final class Wiring {
    private Wiring() {}

    @SuppressWarnings("DoNotCallSuggester")
    static RunningServer start(ServerConfig config, MediaPlan media) throws IOException {
        throw new IOException("nothing is wired for port " + config.http().port() + " and " + media.ports());
    }
}
