package io.tributary.transport.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.web.GatewayFixture.ServerHeard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundWebSocketsTest {
    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private final LinkedBlockingQueue<UpgradeRequest> upgrades = new LinkedBlockingQueue<>();
    private final ServerHeard server = new ServerHeard();
    private final ServerHeard client = new ServerHeard();
    private final OutboundWebSockets sockets = OutboundWebSockets.open(MAX_MESSAGE_BYTES);
    private HttpGateway gateway;

    @BeforeEach
    void open() throws IOException {
        gateway = HttpGateway.open(
                List.of(InetAddress.ofLiteral("127.0.0.1")), 0, new Routes().webSocket("/rtc", upgrades::add));
    }

    @AfterEach
    void close() {
        sockets.close();
        gateway.close();
    }

    /// A hundred times, because it is a matter of moments.
    @Test
    void hearsAllThatComesRightAfterTheUpgrade() throws Exception {
        for (int round = 0; round < 100; round++) {
            var heard = new ServerHeard();
            OutboundWebSocket socket = connect(heard);
            WebSocketConnection connection = GatewayFixture.take(upgrades).accept(server);
            for (int size = 1; size <= 65_536; size *= 4) {
                connection.sendBinary(new byte[size]);
                connection.sendText("after " + size);
            }
            for (int size = 1; size <= 65_536; size *= 4) {
                assertThat(heard.next()).isEqualTo("binary:" + size);
                assertThat(heard.next()).isEqualTo("text:after " + size);
            }
            socket.close(WebSocketConnection.NORMAL);
            assertThat(server.next()).isEqualTo("closed:1000");
            assertThat(heard.next()).isEqualTo("closed:1000");
        }
    }

    @Test
    void sendsWhatWasSaidBeforeTheUpgradeFirst() throws Exception {
        OutboundWebSocket socket = connect(client);
        socket.sendText("one");
        UpgradeRequest upgrade = GatewayFixture.take(upgrades);
        assertThat(upgrade.http().query("key")).contains("value");
        assertThat(upgrade.http().header("Authorization")).contains("Bearer token");
        assertThat(socket.upgraded()).isNotDone();
        upgrade.accept(server);
        socket.upgraded().join();
        socket.sendBinary(new byte[2]);
        assertThat(server.next()).isEqualTo("text:one");
        assertThat(server.next()).isEqualTo("binary:2");
    }

    @Test
    void tellsWithWhichStatusAndHeadersItWasRefused() throws Exception {
        OutboundWebSocket socket = connect(client);
        GatewayFixture.take(upgrades).refuse(HttpReply.text(503, "full").with("Retry-After", "5"));
        assertThatThrownBy(() -> socket.upgraded().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(UpgradeRefusedException.class, refused -> {
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.header("retry-after")).contains("5");
                });
        assertThat(client.next()).isEqualTo("closed:1006");
    }

    @Test
    void tellsThatNobodyIsThere() throws Exception {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        OutboundWebSocket socket = sockets.connect(URI.create("ws://127.0.0.1:" + free), Map.of(), client);
        assertThatThrownBy(() -> socket.upgraded().join()).hasMessageContaining("refused");
        assertThat(client.next()).isEqualTo("closed:1006");
    }

    @Test
    void abortsWithoutAWord() throws Exception {
        OutboundWebSocket socket = connected();
        socket.abort();
        assertThat(server.next()).isEqualTo("closed:1006");
        assertThat(client.next()).isEqualTo("closed:1006");
    }

    @Test
    void abortsBeforeTheUpgradeToo() throws Exception {
        OutboundWebSocket socket = connect(client);
        UpgradeRequest upgrade = GatewayFixture.take(upgrades);
        socket.abort();
        upgrade.accept(server);
        assertThat(server.next()).isEqualTo("closed:1006");
        assertThat(client.next()).isEqualTo("closed:1006");
    }

    @Test
    void closesOnAMessageOverTheBound() throws Exception {
        OutboundWebSocket socket = connect(client);
        WebSocketConnection connection = GatewayFixture.take(upgrades).accept(server);
        socket.upgraded().join();
        connection.sendBinary(new byte[MAX_MESSAGE_BYTES + 1]);
        assertThat(client.next()).startsWith("closed:");
        assertThat(server.next()).startsWith("closed:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:7880/rtc", "ws:///rtc", "/rtc"})
    void refusesWhatIsNoAddressOfAWebSocket(String uri) {
        assertThatThrownBy(() -> sockets.connect(URI.create(uri), Map.of(), client))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri);
    }

    private OutboundWebSocket connected() throws Exception {
        OutboundWebSocket socket = connect(client);
        GatewayFixture.take(upgrades).accept(server);
        socket.upgraded().join();
        return socket;
    }

    private OutboundWebSocket connect(ServerHeard listener) {
        URI uri = URI.create("ws://127.0.0.1:" + gateway.port() + "/rtc?key=value");
        return sockets.connect(uri, Map.of("Authorization", "Bearer token"), listener);
    }
}
