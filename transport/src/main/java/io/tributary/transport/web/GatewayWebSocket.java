package io.tributary.transport.web;

import io.tributary.transport.http.WebSocketListener;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;

/// One accepted WebSocket, from the decision on.
final class GatewayWebSocket extends QueuedWebSocket {
    /// Keeps proxies from closing an idle connection and finds clients that are gone.
    private static final long PING_INTERVAL_MILLIS = 10_000;

    private final Vertx vertx;
    private final GatewayCounters counters;
    private long pings; // I/O thread only

    GatewayWebSocket(Vertx vertx, WebSocketListener listener, GatewayCounters counters) {
        super(listener);
        this.vertx = vertx;
        this.counters = counters;
    }

    /// On the I/O thread: the client has its 101.
    void onUpgraded(ServerWebSocket upgraded) {
        if (upgraded.isClosed()) {
            fail(new IllegalStateException("closed at once"));
            return;
        }
        counters.upgrades.incrementAndGet();
        counters.openWebSockets.incrementAndGet();
        pings = vertx.setPeriodic(PING_INTERVAL_MILLIS, _ -> upgraded.writePing(Buffer.buffer()));
        hearFrom(upgraded);
        open(upgraded);
    }

    @Override
    void onSlowReader() {
        counters.slowReaders.incrementAndGet();
    }

    @Override
    void onRefusedMessage() {
        counters.refusedMessages.incrementAndGet();
    }

    @Override
    void onListenerFailure() {
        counters.routeFailures.incrementAndGet();
    }

    @Override
    void onEnd() {
        vertx.cancelTimer(pings);
        counters.openWebSockets.decrementAndGet();
    }
}
