package io.tributary.transport.web;

import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One accepted WebSocket, from the decision on.
///
/// ```
///   WAITING ──upgraded──► OPEN ──close sent or received──► CLOSED ──► onClosed, once
///      └──────────────upgrade failed──────────────────────────┘
/// ```
/// What is sent while WAITING is kept and goes out first. The lock covers only the hand-over to the library, whose
/// write queue takes over the order from there.
final class GatewayWebSocket implements WebSocketConnection {
    /// Sixty join responses of a full room (128 KiB each): who is that far behind won't catch up.
    static final long MAX_QUEUED_BYTES = 8 << 20;

    /// Keeps proxies from closing an idle connection and finds clients that are gone.
    private static final long PING_INTERVAL_MILLIS = 10_000;

    private static final Logger log = LoggerFactory.getLogger(GatewayWebSocket.class);

    private final Vertx vertx;
    private final WebSocketListener listener;
    private final GatewayCounters counters;
    private final Object lock = new Object();
    private final List<Consumer<ServerWebSocket>> waiting = new ArrayList<>();
    private @Nullable ServerWebSocket socket;
    private long queuedBytes;
    private boolean closing;
    private boolean listening = true; // I/O thread only

    GatewayWebSocket(Vertx vertx, WebSocketListener listener, GatewayCounters counters) {
        this.vertx = vertx;
        this.listener = listener;
        this.counters = counters;
    }

    @Override
    public void sendBinary(byte[] message) {
        send(message.length, open -> open.writeBinaryMessage(Buffer.buffer(message)));
    }

    @Override
    public void sendText(String message) {
        int sizeBytes = message.getBytes(StandardCharsets.UTF_8).length;
        send(sizeBytes, open -> open.writeTextMessage(message));
    }

    @Override
    public void close(int code) {
        synchronized (lock) {
            closeLocked(code);
        }
    }

    @Override
    public long queuedBytes() {
        synchronized (lock) {
            return queuedBytes;
        }
    }

    /// On the I/O thread: the client has its 101.
    void onUpgraded(ServerWebSocket upgraded) {
        if (upgraded.isClosed()) {
            onFailed(new IllegalStateException("closed at once"));
            return;
        }
        counters.upgrades.incrementAndGet();
        counters.openWebSockets.incrementAndGet();
        upgraded.binaryMessageHandler(message -> hear(() -> listener.onBinary(message.getBytes())));
        upgraded.textMessageHandler(message -> hear(() -> listener.onText(message)));
        upgraded.exceptionHandler(this::onBroken);
        long pings = vertx.setPeriodic(PING_INTERVAL_MILLIS, _ -> upgraded.writePing(Buffer.buffer()));
        upgraded.closeHandler(_ -> {
            vertx.cancelTimer(pings);
            counters.openWebSockets.decrementAndGet();
            Short code = upgraded.closeStatusCode();
            onClosed(code == null ? ABNORMAL : code);
        });
        synchronized (lock) {
            socket = upgraded;
            waiting.forEach(write -> write.accept(upgraded));
            waiting.clear();
        }
    }

    /// On the I/O thread: the client went away before its 101, or the decision came too late.
    void onFailed(Throwable reason) {
        log.debug("a WebSocket upgrade came to nothing", reason);
        synchronized (lock) {
            closing = true;
            waiting.clear();
            queuedBytes = 0;
        }
        onClosed(ABNORMAL);
    }

    private void send(int sizeBytes, Function<ServerWebSocket, Future<Void>> write) {
        synchronized (lock) {
            if (closing) {
                return;
            }
            if (queuedBytes + sizeBytes > MAX_QUEUED_BYTES) {
                counters.slowReaders.incrementAndGet();
                closeLocked(TRY_AGAIN_LATER);
                return;
            }
            queuedBytes += sizeBytes;
            whenOpen(open -> write.apply(open).onComplete(result -> written(sizeBytes, result.succeeded())));
        }
    }

    /// Where part of a message may be missing, what follows it would be misread.
    private void written(int sizeBytes, boolean whole) {
        synchronized (lock) {
            queuedBytes -= sizeBytes;
            if (!whole) {
                closeLocked(INTERNAL_ERROR);
            }
        }
    }

    private void closeLocked(int code) {
        if (!closing) {
            closing = true;
            whenOpen(open -> open.close((short) code));
        }
    }

    private void whenOpen(Consumer<ServerWebSocket> write) {
        ServerWebSocket open = socket;
        if (open == null) {
            waiting.add(write);
        } else {
            write.accept(open);
        }
    }

    /// The codec or the aggregator gave up on what the client sent, or the connection broke.
    private void onBroken(Throwable reason) {
        log.debug("a WebSocket broke", reason);
        if (!(reason instanceof IOException) && !(reason instanceof HttpClosedException)) {
            counters.refusedMessages.incrementAndGet();
            close(TOO_BIG);
        }
    }

    private void hear(Runnable call) {
        if (!listening) {
            return;
        }
        try {
            call.run();
        } catch (RuntimeException | AssertionError e) {
            listening = false;
            counters.routeFailures.incrementAndGet();
            log.error("a WebSocket listener failed", e);
            close(INTERNAL_ERROR);
        }
    }

    private void onClosed(int code) {
        synchronized (lock) {
            closing = true;
        }
        listening = true;
        hear(() -> listener.onClosed(code));
        listening = false;
    }
}
