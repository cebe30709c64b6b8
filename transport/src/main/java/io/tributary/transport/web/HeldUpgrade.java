package io.tributary.transport.web;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.netty.UnfinishedRequests;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client's request, paused until the route decides.
final class HeldUpgrade implements UpgradeRequest {
    /// Clients give an upgrade 5 to 15 s; past that nobody waits for the answer.
    private static final long DECISION_TIMEOUT_MILLIS = 15_000;

    private final Vertx vertx;
    private final Context context;
    private final HttpServerRequest request;
    private final HttpRequest http;
    private final GatewayCounters counters;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final long timeout;

    /// On the request's I/O thread.
    HeldUpgrade(Vertx vertx, HttpServerRequest request, HttpRequest http, GatewayCounters counters) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.request = request;
        this.http = http;
        this.counters = counters;
        this.timeout = vertx.setTimer(DECISION_TIMEOUT_MILLIS, _ -> {
            if (decided.compareAndSet(false, true)) {
                counters.undecidedUpgrades.incrementAndGet();
                Dispatcher.send(request, HttpReply.text(503, "no answer in time"));
            }
        });
    }

    @Override
    public HttpRequest http() {
        return http;
    }

    @Override
    public WebSocketConnection accept(WebSocketListener listener) {
        var connection = new GatewayWebSocket(vertx, listener, counters);
        if (decide()) {
            context.runOnContext(_ -> {
                UnfinishedRequests.unwatch(Dispatcher.channel(request)); // messages have bounds of their own
                request.toWebSocket().onComplete(connection::onUpgraded, connection::fail);
            });
        } else {
            context.runOnContext(_ -> connection.fail(new IllegalStateException("decided before")));
        }
        return connection;
    }

    @Override
    public void refuse(HttpReply reply) {
        if (decide()) {
            context.runOnContext(_ -> {
                Dispatcher.send(request, reply);
                request.resume();
            });
        }
    }

    private boolean decide() {
        vertx.cancelTimer(timeout);
        return decided.compareAndSet(false, true);
    }
}
