package io.tributary.transport.web;

import io.tributary.transport.http.WebSocketListener;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// Opens WebSockets to servers (RFC 6455 §4.1), for the load generator and for tests.
///
/// The runtime's own client won't do: of a server that sends right after its 101, as ours does, it now and then loses
/// part of the first messages, and then hears nothing more or garbage (one connection in some thousands).
public final class OutboundWebSockets implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final int CLOSING_SECONDS = 5;
    private static final int PORT = 80;
    private static final int TLS_PORT = 443;
    private final Vertx vertx;
    private final WebSocketClient client;

    private OutboundWebSockets(Vertx vertx, WebSocketClient client) {
        this.vertx = vertx;
        this.client = client;
    }

    /// @param maxMessageBytes of what a server may send
    public static OutboundWebSockets open(int maxMessageBytes) {
        Vertx vertx = Vertx.builder()
                .with(IoThreads.options(IoThreads.OF_A_CLIENT).setUseDaemonThread(true))
                .build();
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(Integer.MAX_VALUE) // the caller bounds itself
                .setMaxFrameSize(maxMessageBytes)
                .setMaxMessageSize(maxMessageBytes)
                .setTcpNoDelay(true)
                .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                .setClosingTimeout(CLOSING_SECONDS));
        return new OutboundWebSockets(vertx, client);
    }

    /// Begins to connect to a `ws:` or `wss:` URI. The listener hears of failure as of a close.
    public OutboundWebSocket connect(URI uri, Map<String, String> headers, WebSocketListener listener) {
        boolean tls = "wss".equals(uri.getScheme());
        if (!tls && !"ws".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException("neither ws://HOST nor wss://HOST: " + uri);
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        var options = new WebSocketConnectOptions()
                .setHost(uri.getHost())
                .setPort(uri.getPort() != -1 ? uri.getPort() : tls ? TLS_PORT : PORT)
                .setSsl(tls)
                .setURI(path + query)
                .setTimeout(CONNECT_TIMEOUT.toMillis());
        headers.forEach(options::addHeader);
        var socket = new OutboundWebSocket(listener);
        socket.connect(client.webSocket(), options);
        return socket;
    }

    /// Open sockets are closed.
    @Override
    public void close() {
        IoThreads.end(vertx, client.close());
    }
}
