package io.tributary.transport.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WebSocketGatewayTest {
    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int RSV1 = 0x40;

    private final LinkedBlockingQueue<UpgradeRequest> upgrades = new LinkedBlockingQueue<>();
    private final GatewayFixture.Heard heard = new GatewayFixture.Heard();
    private final GatewayFixture.ServerHeard serverHeard = new GatewayFixture.ServerHeard();
    private final LinkedBlockingQueue<WebSocketConnection> accepted = new LinkedBlockingQueue<>();
    private GatewayFixture http;

    @BeforeEach
    void open() throws IOException {
        http = new GatewayFixture(new Routes().webSocket("/rtc", upgrades::add));
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void holdsTheUpgradeUntilTheRouteDecides() throws Exception {
        var connecting = http.connect("/rtc?access_token=a", heard);
        UpgradeRequest upgrade = nextUpgrade();
        assertThat(upgrade.http().query("access_token")).contains("a");
        assertThat(connecting).isNotDone();
        upgrade.accept(serverHeard);
        assertThat(connecting.get(GatewayFixture.PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void sendsWhatFollowsTheAcceptAsFirstFramesInOrder() throws Exception {
        Consumer<WebSocketConnection> sends = connection -> {
            for (int i = 0; i < 1000; i++) {
                if (i % 3 == 0) {
                    connection.sendText("t" + i);
                } else {
                    connection.sendBinary(("b" + i).getBytes(StandardCharsets.US_ASCII));
                }
            }
            connection.close(WebSocketConnection.NORMAL);
        };
        try (var socket = raw("", sends)) {
            for (int i = 0; i < 1000; i++) {
                assertThat(said(socket.receive())).isEqualTo(i % 3 == 0 ? "text:t" + i : "binary:b" + i);
            }
            RawWebSocket.Frame close = socket.receive();
            assertThat(close.first).isEqualTo(CLOSE);
            socket.send(CLOSE, close.payload);
            assertThat(serverHeard.next()).isEqualTo("closed:1000");
        }
    }

    @Test
    void hearsBothKindsOfMessageAndTheClientsClose() throws Exception {
        WebSocket socket = connected();
        socket.sendText("hello", true).join();
        socket.sendBinary(ByteBuffer.allocate(HttpGateway.MAX_MESSAGE_BYTES), true)
                .join();
        socket.sendClose(4001, "bye").join();
        assertThat(serverHeard.next()).isEqualTo("text:hello");
        assertThat(serverHeard.next()).isEqualTo("binary:" + HttpGateway.MAX_MESSAGE_BYTES);
        assertThat(serverHeard.next()).isEqualTo("closed:4001");
        assertThat(http.gateway.counters().openWebSockets()).isZero();
    }

    @Test
    void saysThatAConnectionJustEnded() throws Exception {
        connected().abort();
        assertThat(serverHeard.next()).isEqualTo("closed:1006");
    }

    @Test
    void refusesWithStatusHeadersAndBody() throws Exception {
        var connecting = http.connect("/livekit/sfu/rtc", heard);
        nextUpgrade().refuse(HttpReply.text(401, "invalid API key: nokey").with("X-Why", "key"));
        assertThatThrownBy(() -> connecting.get(GatewayFixture.PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, e -> {
                    HttpResponse<?> reply = e.getResponse();
                    assertThat(reply.statusCode()).isEqualTo(401);
                    assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                            .contains("*");
                    assertThat(reply.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
                    assertThat(reply.headers().firstValue("X-Why")).contains("key");
                });
        var refusing = Thread.ofVirtual().start(() -> {
            try {
                nextUpgrade().refuse(HttpReply.text(503, "full"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (var socket = new RawWebSocket(http.gateway.port(), "/rtc", "")) {
            assertThat(socket.handshake()).startsWith("HTTP/1.1 503 ");
            assertThat(socket.rest(4)).isEqualTo("full");
        }
        refusing.join();
    }

    @Test
    void tellsAListenerWhoseClientLeftWhileWaiting() throws Exception {
        var connecting = http.connect("/rtc", heard);
        UpgradeRequest upgrade = nextUpgrade();
        connecting.cancel(true);
        http.client.shutdownNow();
        assertThat(http.client.awaitTermination(Duration.ofSeconds(GatewayFixture.PATIENCE_SECONDS)))
                .isTrue();
        WebSocketConnection connection = upgrade.accept(serverHeard);
        connection.sendText("into the void");
        assertThat(serverHeard.next()).startsWith("closed:");
    }

    @Test
    void countsOnlyTheFirstDecision() throws Exception {
        var connecting = http.connect("/rtc", heard);
        UpgradeRequest upgrade = nextUpgrade();
        upgrade.accept(serverHeard);
        upgrade.refuse(HttpReply.empty(500));
        var late = new GatewayFixture.ServerHeard();
        upgrade.accept(late).sendText("never");
        assertThat(late.next()).isEqualTo("closed:1006");
        assertThat(connecting.get(GatewayFixture.PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void keepsTheOrderOfEachSendingThread() throws Exception {
        var threads = new ArrayList<Thread>();
        Consumer<WebSocketConnection> sends = connection -> {
            for (int t = 0; t < 4; t++) {
                String name = String.valueOf(t);
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 500; i++) {
                        connection.sendText(name + " " + i);
                    }
                }));
            }
        };
        try (var socket = raw("", sends)) {
            int[] next = new int[4];
            for (int i = 0; i < 2000; i++) {
                String[] words =
                        said(socket.receive()).substring("text:".length()).split(" ", -1);
                assertThat(Integer.parseInt(words[1])).isEqualTo(next[Integer.parseInt(words[0])]++);
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void closesOnAMessageOverTheBound() throws Exception {
        WebSocket whole = connected();
        whole.sendBinary(ByteBuffer.allocate(HttpGateway.MAX_MESSAGE_BYTES + 1), true)
                .exceptionally(_ -> whole)
                .join();
        assertThat(serverHeard.next()).startsWith("closed:");
        assertThat(http.gateway.counters().refusedMessages()).isEqualTo(1);

        WebSocket inPieces = connected();
        for (int i = 0; i < 3; i++) { // each within the bound
            inPieces.sendBinary(ByteBuffer.allocate(HttpGateway.MAX_MESSAGE_BYTES / 2), false)
                    .exceptionally(_ -> inPieces)
                    .join();
        }
        assertThat(serverHeard.next()).startsWith("closed:");
        assertThat(http.gateway.counters().refusedMessages()).isEqualTo(2);
    }

    @Test
    void compressesBothWays() throws Exception {
        try (var socket = raw("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")) {
            assertThat(socket.handshake()).startsWith("HTTP/1.1 101 ").contains("permessage-deflate");
            socket.send(BINARY | RSV1, RawWebSocket.deflate(new byte[100_000]));
            assertThat(serverHeard.next()).isEqualTo("binary:100000");
            GatewayFixture.take(accepted).sendText("again ".repeat(1000));
            RawWebSocket.Frame frame = socket.receive();
            assertThat(frame.first).isEqualTo(TEXT | RSV1);
            assertThat(frame.payload).hasSizeLessThan(200);
            assertThat(new String(RawWebSocket.inflate(frame.payload), StandardCharsets.UTF_8))
                    .isEqualTo("again ".repeat(1000));
        }
    }

    @Test
    void closesOnAMessageThatUnfoldsOverTheBound() throws Exception {
        try (var socket = raw("Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            byte[] bomb = RawWebSocket.deflate(new byte[64 << 20]);
            assertThat(bomb).hasSizeLessThan(100_000);
            socket.send(BINARY | RSV1, bomb);
            assertThat(serverHeard.next()).startsWith("closed:");
            assertThat(http.gateway.counters().refusedMessages()).isEqualTo(1);
        }
    }

    @Test
    void closesAClientThatDoesNotRead() throws Exception {
        try (var socket = raw("")) {
            WebSocketConnection connection = GatewayFixture.take(accepted);
            int sent = 0;
            while (http.gateway.counters().slowReaders() == 0 && sent < 1000) {
                connection.sendBinary(new byte[128 << 10]);
                sent++;
            }
            assertThat(http.gateway.counters().slowReaders()).isEqualTo(1);
            assertThat(connection.queuedBytes()).isLessThanOrEqualTo(GatewayWebSocket.MAX_QUEUED_BYTES);
            // once it does read it gets what was queued, and then is told to come back later
            RawWebSocket.Frame frame = socket.receive();
            while (frame.first == BINARY) {
                frame = socket.receive();
            }
            assertThat(frame.first).isEqualTo(CLOSE);
            assertThat(ByteBuffer.wrap(frame.payload).getShort())
                    .isEqualTo((short) WebSocketConnection.TRY_AGAIN_LATER);
        }
        assertThat(serverHeard.next()).startsWith("closed:");
    }

    @Test
    void closesWhenAListenerThrows() throws Exception {
        var connecting = http.connect("/rtc", heard);
        nextUpgrade().accept(new WebSocketListener() {
            @Override
            public void onBinary(byte[] message) {}

            @Override
            public void onText(String message) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void onClosed(int code) {
                serverHeard.onClosed(code);
            }
        });
        connecting
                .get(GatewayFixture.PATIENCE_SECONDS, TimeUnit.SECONDS)
                .sendText("x", true)
                .join();
        assertThat(heard.next()).isEqualTo("close:" + WebSocketConnection.INTERNAL_ERROR);
        assertThat(serverHeard.next()).startsWith("closed:");
        assertThat(http.gateway.counters().routeFailures()).isEqualTo(1);
    }

    @Test
    void findsNothingForWrongVersionsOfTheProtocol() throws Exception {
        var reply = http.client.send(
                java.net.http.HttpRequest.newBuilder(http.uri("/rtc")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(List.copyOf(upgrades)).isEmpty();
    }

    @Test
    void pingsAnIdleClient() throws Exception {
        try (var socket = raw("")) {
            assertThat(socket.receive().first).isEqualTo(0x89); // takes the ten seconds of the interval
        }
    }

    @Test
    void closesOpenSocketsAndFreesThePortWithinItsGrace() throws Exception {
        connected();
        try (var deaf = raw("")) {
            int port = http.gateway.port();
            long before = System.nanoTime();
            http.gateway.close(Duration.ofSeconds(1));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
            assertThat(heard.next()).startsWith("close:");
            assertThat(serverHeard.next()).startsWith("closed:");
            assertThat(serverHeard.next()).startsWith("closed:");
            assertThat(deaf.receive().first).isEqualTo(CLOSE);
            HttpGateway.open(List.of(InetAddress.ofLiteral("127.0.0.1")), port, new Routes())
                    .close();
        }
    }

    private WebSocket connected() throws Exception {
        var connecting = http.connect("/rtc", heard);
        nextUpgrade().accept(serverHeard);
        return connecting.get(GatewayFixture.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private RawWebSocket raw(String extraHeaders) throws Exception {
        return raw(extraHeaders, _ -> {});
    }

    /// @param first hears of the connection before the client has its 101
    private RawWebSocket raw(String extraHeaders, Consumer<WebSocketConnection> first) throws Exception {
        var accepting = Thread.ofVirtual().start(() -> {
            try {
                WebSocketConnection connection = nextUpgrade().accept(serverHeard);
                accepted.add(connection);
                first.accept(connection);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var socket = new RawWebSocket(http.gateway.port(), "/rtc", extraHeaders);
        accepting.join();
        return socket;
    }

    private static String said(RawWebSocket.Frame frame) {
        return (frame.first == TEXT ? "text:" : "binary:") + new String(frame.payload, StandardCharsets.UTF_8);
    }

    private UpgradeRequest nextUpgrade() throws InterruptedException {
        return GatewayFixture.take(upgrades);
    }
}
