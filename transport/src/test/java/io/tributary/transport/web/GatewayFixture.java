package io.tributary.transport.web;

import io.tributary.transport.http.Routes;
import io.tributary.transport.http.WebSocketListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A gateway on a free loopback port and an ordinary client of the JDK beside it. Its WebSockets now and then lose what
/// comes right after the 101 (see [OutboundWebSockets]); where that matters a test takes a [RawWebSocket].
final class GatewayFixture implements AutoCloseable {
    static final long PATIENCE_SECONDS = 20;

    final HttpGateway gateway;
    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    GatewayFixture(Routes routes) throws IOException {
        gateway = HttpGateway.open(List.of(InetAddress.ofLiteral("127.0.0.1")), 0, routes);
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + gateway.port() + pathAndQuery);
    }

    HttpResponse<String> get(String pathAndQuery) throws Exception {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    CompletableFuture<WebSocket> connect(String pathAndQuery, WebSocket.Listener listener) {
        URI uri = URI.create("ws://127.0.0.1:" + gateway.port() + pathAndQuery);
        return client.newWebSocketBuilder().buildAsync(uri, listener);
    }

    @Override
    public void close() {
        client.shutdownNow();
        gateway.close();
    }

    /// What a client hears: `binary:…`, `text:…`, `close:…` in order.
    static final class Heard implements WebSocket.Listener {
        final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder binary = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                events.add("text:" + text);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            while (data.hasRemaining()) {
                binary.append((char) (data.get() & 0xFF));
            }
            if (last) {
                events.add("binary:" + binary);
                binary.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            events.add("close:" + code);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            events.add("error");
        }

        String next() throws InterruptedException {
            return take(events);
        }
    }

    /// What the server hears, in the same words.
    static final class ServerHeard implements WebSocketListener {
        final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

        @Override
        public void onBinary(byte[] message) {
            events.add("binary:" + message.length);
        }

        @Override
        public void onText(String message) {
            events.add("text:" + message);
        }

        @Override
        public void onClosed(int code) {
            events.add("closed:" + code);
        }

        String next() throws InterruptedException {
            return take(events);
        }
    }

    static <T> T take(LinkedBlockingQueue<T> queue) throws InterruptedException {
        T event = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("nothing came in " + PATIENCE_SECONDS + " s");
        }
        return event;
    }
}
