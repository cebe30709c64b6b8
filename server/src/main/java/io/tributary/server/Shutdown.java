package io.tributary.server;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns SIGTERM and SIGINT into an orderly end within a bounded time.
///
/// ```
/// signal ─► JVM runs the hook ─► RunningServer.close() ─► exit 0
///                                   └─ not done in time ─► exit 1
/// ```
final class Shutdown {
    /// An orchestrator kills after ten seconds; telling everybody to go elsewhere takes far less.
    static final Duration LONGEST = Duration.ofSeconds(9);

    private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

    private Shutdown() {}

    /// From here on, ending the process runs `close` first.
    static void closeOnExit(Runnable close) {
        Runtime runtime = Runtime.getRuntime();
        // A process that ends by a signal reports 128 + its number unless it is halted here; service managers read
        // that as a failure.
        runtime.addShutdownHook(new Thread(() -> runtime.halt(closeWithin(close, LONGEST) ? 0 : 1), "shutdown"));
    }

    /// Whether it closed in time and without failing.
    static boolean closeWithin(Runnable close, Duration longest) {
        log.info("stopping");
        Thread closing = Thread.ofPlatform().daemon().name("closing").unstarted(close);
        boolean[] failed = new boolean[1];
        closing.setUncaughtExceptionHandler((thread, failure) -> {
            failed[0] = true;
            log.error("stopping failed", failure);
        });
        closing.start();
        try {
            if (!closing.join(longest)) {
                log.error("stopping took longer than {} s", longest.toSeconds());
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        log.info("stopped");
        return !failed[0];
    }
}
