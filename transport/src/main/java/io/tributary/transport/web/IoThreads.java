package io.tributary.transport.web;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The threads of one server or client, and how others wait for them.
final class IoThreads {
    /// Those of a client. With a second one the library now and then writes a request from the thread that is not the
    /// connection's (its own assertion says so).
    static final int OF_A_CLIENT = 1;

    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(4);

    private static final Logger log = LoggerFactory.getLogger(IoThreads.class);

    private IoThreads() {}

    /// Vert.x with so many event loops and next to nothing of what sockets don't need.
    static VertxOptions options(int count) {
        return new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(count)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setFileSystemOptions(new FileSystemOptions()
                        .setClassPathResolvingEnabled(false)
                        .setFileCachingEnabled(false));
    }

    /// Ends the threads of a client once it is closed. Not on an I/O thread.
    ///
    /// @param closing of the client
    static void end(Vertx vertx, Future<?> closing) {
        Throwable failure = await(closing, CLOSE_PATIENCE);
        if (failure == null) {
            failure = await(vertx.close(), CLOSE_PATIENCE);
        }
        if (failure != null) {
            log.warn("outbound connections did not close in time", failure);
        }
    }

    /// Why it failed or did not end in time; null when it did. Not on an I/O thread.
    static @Nullable Throwable await(Future<?> future, Duration patience) {
        try {
            future.toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (TimeoutException e) {
            return e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
    }
}
