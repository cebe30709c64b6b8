package io.tributary.transport.web;

import io.tributary.transport.http.WebSocketListener;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A WebSocket that we opened, as its client. What is sent before the server agreed is kept and goes out first.
public final class OutboundWebSocket extends QueuedWebSocket {
    private final CompletableFuture<@Nullable Void> upgraded = new CompletableFuture<>();
    private volatile @Nullable WebSocketInternal connected;
    private volatile boolean aborted;

    OutboundWebSocket(WebSocketListener listener) {
        super(listener);
    }

    /// Completes with the server's 101, or with why there was none: an [UpgradeRefusedException] when it answered
    /// otherwise.
    public CompletableFuture<@Nullable Void> upgraded() {
        return upgraded;
    }

    /// Ends the connection without a word, whatever still waits.
    public void abort() {
        aborted = true;
        WebSocketInternal ending = connected;
        if (ending != null) {
            var _ = ending.channelHandlerContext().close();
        }
    }

    void connect(ClientWebSocket socket, WebSocketConnectOptions options) {
        hearFrom(socket);
        socket.connect(options).onComplete(this::onUpgraded, this::onRefused);
    }

    private void onUpgraded(WebSocket socket) {
        connected = (WebSocketInternal) socket;
        if (aborted) {
            abort();
        }
        open(socket);
        upgraded.complete(null);
    }

    private void onRefused(Throwable reason) {
        Throwable why = reason instanceof UpgradeRejectedException rejected
                ? new UpgradeRefusedException(rejected.getStatus(), rejected.getHeaders())
                : reason;
        upgraded.completeExceptionally(why);
        fail(why);
    }
}
