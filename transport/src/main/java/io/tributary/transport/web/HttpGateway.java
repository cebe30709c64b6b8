package io.tributary.transport.web;

import static io.tributary.transport.web.IoThreads.await;

import io.tributary.transport.http.Routes;
import io.tributary.transport.netty.InflateBound;
import io.tributary.transport.netty.UnfinishedRequests;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.WebSocketServerConfig;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves [Routes] over HTTP/1.1 and WebSocket on one port of one or more addresses. Any thread.
public final class HttpGateway implements AutoCloseable {
    /// Join requests carry a whole offer in the query: 18 kB is everyday, and gzip hides what a large one unfolds to.
    static final int MAX_REQUEST_LINE_BYTES = 1 << 20;

    /// Tokens with room configurations in an Authorization header outgrow the usual 8 kB.
    static final int MAX_HEADERS_BYTES = 64 << 10;

    /// One signalling message, as it travels and as it unfolds.
    static final int MAX_MESSAGE_BYTES = 2 << 20;

    /// A connection that neither completes a write nor says anything for so long is dead: WebSockets are pinged more
    /// often, and a client that doesn't read stops completing writes.
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);

    /// From a request's head to the end of its body. Bodies are short; who drips keeps a connection for nothing.
    private static final Duration BODY_TIMEOUT = Duration.ofSeconds(20);

    /// The heap over the bytes of all requests that have begun and are not complete: they take up to five times that.
    private static final int HEAP_SHARE_OF_REQUESTS = 32;

    /// Frames are small and TLS ends at the proxy, so a second thread is for fairness rather than throughput.
    private static final int IO_THREADS = 2;

    private static final Duration BIND_TIMEOUT = Duration.ofSeconds(10);

    /// What the library may take beyond the grace it was given.
    private static final Duration CLOSE_SLACK = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(HttpGateway.class);

    private final Vertx vertx;
    private final List<HttpServer> servers = new ArrayList<>();
    private final GatewayCounters counters;
    private final ConnectionBound bound;
    private final UnfinishedRequests unfinished;
    private int port;

    private HttpGateway(GatewayCounters counters, int mostConnections, long mostRequestBytes) {
        this.counters = counters;
        unfinished = new UnfinishedRequests(mostRequestBytes, counters.cutOffRequests::incrementAndGet);
        vertx = Vertx.builder().with(IoThreads.options(IO_THREADS)).build();
        bound = new ConnectionBound(vertx, mostConnections, counters);
    }

    /// Binds every address before it returns; nothing stays bound when one fails.
    ///
    /// @param addresses an IPv6 wildcard takes IPv4 too, so the IPv4 wildcard beside it is left out
    /// @param port 0 for any free one, the same on every address
    /// @param counters where it counts what goes through it
    /// @throws IOException saying which address and port, why, and what to do
    public static HttpGateway open(List<InetAddress> addresses, int port, Routes routes, GatewayCounters counters)
            throws IOException {
        long mostRequestBytes = Runtime.getRuntime().maxMemory() / HEAP_SHARE_OF_REQUESTS;
        return open(addresses, port, routes, counters, BODY_TIMEOUT, ConnectionBound.ofDescriptors(), mostRequestBytes);
    }

    /// As [#open(List, int, Routes, GatewayCounters)], counting for nobody but [#counters()].
    public static HttpGateway open(List<InetAddress> addresses, int port, Routes routes) throws IOException {
        return open(addresses, port, routes, new GatewayCounters());
    }

    static HttpGateway open(
            List<InetAddress> addresses,
            int port,
            Routes routes,
            GatewayCounters counters,
            Duration bodyTimeout,
            int mostConnections,
            long mostRequestBytes)
            throws IOException {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to bind");
        }
        var gateway = new HttpGateway(counters, mostConnections, mostRequestBytes);
        gateway.port = port;
        try {
            for (InetAddress address : withoutCovered(addresses)) {
                gateway.bind(address, routes, bodyTimeout);
            }
            return gateway;
        } catch (IOException | RuntimeException e) {
            gateway.close();
            throw e;
        }
    }

    /// The port that is bound, also when any free one was asked for.
    public int port() {
        return port;
    }

    public GatewayCounters counters() {
        return counters;
    }

    /// What has come of requests that are not complete.
    long unfinishedBytes() {
        return unfinished.heldBytes();
    }

    /// As [#close(Duration)] with two seconds.
    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }

    /// Accepts nothing more, gives replies under way and close handshakes up to `grace`, then cuts what is left.
    public void close(Duration grace) {
        var closing = servers.stream().map(server -> server.shutdown(grace)).toList();
        for (Future<?> one : closing) {
            Throwable failure = await(one, grace.plus(CLOSE_SLACK));
            if (failure != null) {
                log.warn("HTTP on port {} did not close in time", port, failure);
            }
        }
        servers.clear();
        Throwable failure = await(vertx.close(), CLOSE_SLACK);
        if (failure != null) {
            log.warn("HTTP threads did not end in time", failure);
        }
    }

    private void bind(InetAddress address, Routes routes, Duration bodyTimeout) throws IOException {
        HttpServer server = vertx.httpServerBuilder()
                .with(config())
                .withConnectHandler(connection -> {
                    if (connection instanceof HttpServerConnection open) {
                        InflateBound.install(open.channelHandlerContext(), MAX_MESSAGE_BYTES);
                        unfinished.watch(open.channelHandlerContext());
                        bound.onConnect(connection, open.channelHandlerContext().channel());
                    }
                })
                .build();
        var dispatcher = new Dispatcher(vertx, routes, counters, bound, bodyTimeout.toMillis());
        server.requestHandler(dispatcher::onRequest).invalidRequestHandler(dispatcher::onInvalid);
        Throwable failure = await(server.listen(port, address.getHostAddress()), BIND_TIMEOUT);
        if (failure != null) {
            throw new IOException(describe(address, failure), failure);
        }
        servers.add(server);
        port = server.actualPort();
    }

    private static HttpServerConfig config() {
        return new HttpServerConfig()
                .setVersions(HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0)
                .setReadIdleTimeout(IDLE_TIMEOUT)
                .setWriteIdleTimeout(IDLE_TIMEOUT)
                .setHttp1Config(new Http1ServerConfig()
                        .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADERS_BYTES))
                .setWebSocketConfig(new WebSocketServerConfig()
                        .setUsePerFrameCompression(false)
                        .setUsePerMessageCompression(true)
                        .setMaxFrameSize(MAX_MESSAGE_BYTES)
                        .setMaxMessageSize(MAX_MESSAGE_BYTES)
                        .setClosingTimeout(Duration.ofSeconds(1)));
    }

    private String describe(InetAddress address, Throwable failure) {
        String where = new InetSocketAddress(address, port).toString().replaceFirst("^.*/", "");
        String why = String.valueOf(failure.getMessage());
        String advice;
        if (why.contains("in use")) {
            advice = "port " + port + " is in use; stop what holds it (`ss -ltnp 'sport = :" + port
                    + "'` names it) or choose another port";
        } else if (why.contains("assign")) {
            advice = "this machine has no such address; bind one of its own";
        } else if (why.contains("denied")) {
            advice = "ports below 1024 need the privilege to bind them; choose a higher port";
        } else {
            advice = "check the address and the port";
        }
        return "cannot serve HTTP on " + where + ": " + why + "; " + advice;
    }

    private static List<InetAddress> withoutCovered(List<InetAddress> addresses) {
        boolean dualStack = addresses.stream().anyMatch(a -> a.isAnyLocalAddress() && a instanceof Inet6Address);
        return addresses.stream()
                .distinct()
                .filter(a -> !(dualStack && a.isAnyLocalAddress() && a instanceof Inet4Address))
                .toList();
    }
}
