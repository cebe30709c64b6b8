package io.tributary.transport.web;

import io.netty.channel.Channel;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.WebSocketRoute;
import io.tributary.transport.netty.UnfinishedRequests;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.impl.HttpServerConnection;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one request to its route and the route's reply to the client. I/O threads.
final class Dispatcher {
    /// Replies go out in pieces of this size, so that a slow phone completes a write now and then and isn't taken for
    /// dead while it loads the page.
    private static final int PIECE_BYTES = 64 << 10;

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Vertx vertx;
    private final Routes routes;
    private final GatewayCounters counters;
    private final ConnectionBound bound;
    private final long bodyTimeoutMillis;

    /// @param bodyTimeoutMillis from a request's head to the last byte of its body
    Dispatcher(Vertx vertx, Routes routes, GatewayCounters counters, ConnectionBound bound, long bodyTimeoutMillis) {
        this.vertx = vertx;
        this.routes = routes;
        this.counters = counters;
        this.bound = bound;
        this.bodyTimeoutMillis = bodyTimeoutMillis;
    }

    void onRequest(HttpServerRequest request) {
        UnfinishedRequests.complete(channel(request));
        if (bound.refuses(request)) {
            return;
        }
        counters.requests.incrementAndGet();
        String uri = originForm(request.uri());
        int question = uri.indexOf('?');
        String path = Routes.canonical(question < 0 ? uri : uri.substring(0, question));
        String rawQuery = question < 0 ? "" : uri.substring(question + 1);
        Routes.Target target = routes.find(path);
        boolean answersItself = target instanceof Routes.Target.Http(HttpRoute route) && route.answersPreflights();
        if (isPreflight(request) && !answersItself) {
            preflight(request);
            return;
        }
        switch (target) {
            case Routes.Target.Http(HttpRoute route) -> collect(request, path, rawQuery, route);
            case Routes.Target.WebSocket(WebSocketRoute route) -> {
                if (asksForWebSocket(request)) {
                    upgrade(request, path, rawQuery, route);
                } else {
                    send(request, HttpReply.notFound());
                }
            }
            case Routes.Target.Nobody _ -> send(request, HttpReply.notFound());
        }
    }

    /// What isn't HTTP enough to be routed gets the answer that fits, readable for a page of any origin.
    void onInvalid(HttpServerRequest request) {
        counters.invalidRequests.incrementAndGet();
        cors(request.response().headers());
        HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request);
    }

    private void upgrade(HttpServerRequest request, String path, String rawQuery, WebSocketRoute route) {
        request.pause();
        HttpRequest http = neutral(request, path, rawQuery, new byte[0]);
        var upgrade = new HeldUpgrade(vertx, request, http, counters);
        try {
            route.onUpgrade(upgrade);
        } catch (RuntimeException | AssertionError e) {
            failed(path, e);
            upgrade.refuse(HttpReply.empty(500));
        }
    }

    private void collect(HttpServerRequest request, String path, String rawQuery, HttpRoute route) {
        new RequestBody(vertx, request, route, counters).read(bodyTimeoutMillis, body -> {
            UnfinishedRequests.complete(channel(request));
            handle(request, neutral(request, path, rawQuery, body), route);
        });
    }

    private void handle(HttpServerRequest request, HttpRequest http, HttpRoute route) {
        Context context = vertx.getOrCreateContext();
        String path = http.path(); // whatever waits for the reply must not hold the body
        try {
            route.handle(http)
                    .whenComplete((reply, failure) -> context.runOnContext(_ -> {
                        if (failure != null) {
                            failed(path, failure);
                            send(request, HttpReply.empty(500));
                        } else {
                            send(request, reply);
                        }
                    }));
        } catch (RuntimeException | AssertionError e) {
            failed(path, e);
            send(request, HttpReply.empty(500));
        }
    }

    static Channel channel(HttpServerRequest request) {
        if (request.connection() instanceof HttpServerConnection open) {
            return open.channelHandlerContext().channel();
        }
        throw new IllegalStateException("a request without a channel");
    }

    private void failed(String path, Throwable failure) {
        counters.routeFailures.incrementAndGet();
        log.error("the route of {} failed", path, failure);
    }

    /// Sends `reply` with the headers every answer carries. On the request's I/O thread.
    static void send(HttpServerRequest request, HttpReply reply) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return; // the client left before its answer was there
        }
        cors(response.headers());
        reply.headers().forEach(response::putHeader);
        response.setStatusCode(reply.status());
        byte[] body = reply.body();
        boolean bodiless = reply.status() == 204 || reply.status() == 304;
        if (!bodiless) {
            response.putHeader("Content-Length", Integer.toString(body.length));
        }
        if (bodiless || request.method().name().equals("HEAD")) {
            response.end();
            return;
        }
        Buffer whole = Buffer.buffer(body);
        int from = 0;
        while (body.length - from > PIECE_BYTES) {
            response.write(whole.slice(from, from + PIECE_BYTES));
            from += PIECE_BYTES;
        }
        response.end(whole.slice(from, body.length));
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method().name().equals("OPTIONS") && request.getHeader("Access-Control-Request-Method") != null;
    }

    private static void preflight(HttpServerRequest request) {
        MultiMap headers = request.response().headers();
        headers.set("Access-Control-Allow-Methods", "OPTIONS, HEAD, GET, POST, PATCH, DELETE");
        headers.set("Access-Control-Max-Age", "86400");
        // A literal `*` would leave out Authorization (Fetch §3.3.3), so what was asked for is what is allowed.
        String asked = request.getHeader("Access-Control-Request-Headers");
        headers.set("Access-Control-Allow-Headers", asked == null ? "*" : asked);
        send(request, HttpReply.empty(204));
    }

    private static void cors(MultiMap headers) {
        headers.set("Access-Control-Allow-Origin", "*");
        headers.set("Access-Control-Expose-Headers", "*");
    }

    /// RFC 6455 §4.2.1; anything less is an ordinary GET.
    private static boolean asksForWebSocket(HttpServerRequest request) {
        return request.method().name().equals("GET")
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && String.join(",", request.headers().getAll("Connection"))
                        .toLowerCase(Locale.ROOT)
                        .contains("upgrade")
                && "13".equals(request.getHeader("Sec-WebSocket-Version"))
                && request.getHeader("Sec-WebSocket-Key") != null;
    }

    /// The path and query of a request target, also when it was sent in absolute form (RFC 9112 §3.2.2).
    private static String originForm(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        int authority = uri.indexOf("://");
        int path = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private static HttpRequest neutral(HttpServerRequest request, String path, String rawQuery, byte[] body) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        request.headers()
                .forEach((name, value) ->
                        headers.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value));
        InetAddress remote = InetAddress.ofLiteral(request.remoteAddress().hostAddress());
        return new HttpRequest(request.method().name(), path, rawQuery, headers, remote, body);
    }
}
