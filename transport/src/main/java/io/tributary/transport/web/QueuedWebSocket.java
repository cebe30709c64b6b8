package io.tributary.transport.web;

import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.WebSocketBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a WebSocket, from before its upgrade on.
///
/// ```
///   WAITING ──upgraded──► OPEN ──close sent or received──► CLOSED ──► onClosed, once
///      └──────────────upgrade failed──────────────────────────┘
/// ```
/// What is sent while WAITING is kept and goes out first. The lock covers only the hand-over to the library, whose
/// write queue takes over the order from there.
abstract class QueuedWebSocket implements WebSocketConnection {
    /// Sixty join responses of a full room (128 KiB each): who is that far behind won't catch up.
    static final long MAX_QUEUED_BYTES = 8 << 20;

    private static final Logger log = LoggerFactory.getLogger(QueuedWebSocket.class);

    private final WebSocketListener listener;
    private final Object lock = new Object();
    private final List<Consumer<WebSocketBase>> waiting = new ArrayList<>();
    private @Nullable WebSocketBase socket;
    private long queuedBytes;
    private boolean closing;
    private boolean listening = true; // I/O thread only

    QueuedWebSocket(WebSocketListener listener) {
        this.listener = listener;
    }

    @Override
    public final void sendBinary(byte[] message) {
        send(message.length, open -> open.writeBinaryMessage(Buffer.buffer(message)));
    }

    @Override
    public final void sendText(String message) {
        int sizeBytes = message.getBytes(StandardCharsets.UTF_8).length;
        send(sizeBytes, open -> open.writeTextMessage(message));
    }

    @Override
    public final void close(int code) {
        synchronized (lock) {
            closeLocked(code);
        }
    }

    @Override
    public final long queuedBytes() {
        synchronized (lock) {
            return queuedBytes;
        }
    }

    /// What comes is heard from here on. I/O thread, before anything may come.
    final void hearFrom(WebSocketBase upgrading) {
        upgrading.binaryMessageHandler(message -> hear(() -> listener.onBinary(message.getBytes())));
        upgrading.textMessageHandler(message -> hear(() -> listener.onText(message)));
        upgrading.exceptionHandler(this::onBroken);
        upgrading.closeHandler(_ -> {
            onEnd();
            Short code = upgrading.closeStatusCode();
            onClosed(code == null ? ABNORMAL : code);
        });
    }

    /// What waited goes out. I/O thread.
    final void open(WebSocketBase upgraded) {
        synchronized (lock) {
            socket = upgraded;
            waiting.forEach(write -> write.accept(upgraded));
            waiting.clear();
        }
    }

    /// The upgrade failed. I/O thread.
    final void fail(Throwable reason) {
        log.debug("a WebSocket upgrade came to nothing", reason);
        synchronized (lock) {
            closing = true;
            waiting.clear();
            queuedBytes = 0;
        }
        onClosed(ABNORMAL);
    }

    /// More waits for the other end than may.
    void onSlowReader() {}

    /// The other end sent what cannot be taken.
    void onRefusedMessage() {}

    /// The listener threw.
    void onListenerFailure() {}

    /// The connection is gone. I/O thread, once, if it was ever open.
    void onEnd() {}

    private void send(int sizeBytes, Function<WebSocketBase, Future<Void>> write) {
        synchronized (lock) {
            if (closing) {
                return;
            }
            if (queuedBytes + sizeBytes > MAX_QUEUED_BYTES) {
                onSlowReader();
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

    private void whenOpen(Consumer<WebSocketBase> write) {
        WebSocketBase open = socket;
        if (open == null) {
            waiting.add(write);
        } else {
            write.accept(open);
        }
    }

    /// The codec or the aggregator gave up on what the other end sent, or the connection broke.
    private void onBroken(Throwable reason) {
        log.debug("a WebSocket broke", reason);
        if (!(reason instanceof IOException) && !(reason instanceof HttpClosedException)) {
            onRefusedMessage();
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
            onListenerFailure();
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
