package io.tributary.transport.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tributary.transport.http.OutboundReply;
import io.tributary.transport.http.OutboundRequest;
import io.tributary.transport.http.OutboundTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboundClientTest {
    /// Resolvers attach the name to the address, and the library takes such an address for the name: it would look it
    /// up again, and a stranger's name server would say something else the second time.
    @Test
    void looksNoNameUpThatAnAddressCarries() throws Exception {
        HttpServer server = server(InetAddress.getLoopbackAddress());
        try (var client = OutboundClient.open(OutboundTrust.usual())) {
            var named = InetAddress.getByAddress("nowhere.invalid", new byte[] {127, 0, 0, 1});

            assertThat(ask(client, named, server.getAddress().getPort()))
                    .isInstanceOfSatisfying(
                            OutboundReply.Answered.class,
                            answered -> assertThat(answered.status()).isEqualTo(204));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void asksAtIpv6Addresses() throws Exception {
        InetAddress loopback = InetAddress.ofLiteral("::1");
        HttpServer server = server(loopback);
        try (var client = OutboundClient.open(OutboundTrust.usual())) {
            assertThat(ask(client, loopback, server.getAddress().getPort())).isInstanceOf(OutboundReply.Answered.class);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void namesAddressesOnlyInItsRequests() throws IOException {
        var named = InetAddress.getByAddress("a.example", new byte[] {(byte) 192, 0, 2, 1});

        assertThat(request(named, 8448).address().getHostString()).isEqualTo("192.0.2.1");
    }

    private static HttpServer server(InetAddress address) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static OutboundReply ask(OutboundClient client, InetAddress address, int port) throws Exception {
        return client.get(request(address, port)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static OutboundRequest request(InetAddress address, int port) {
        return new OutboundRequest(
                new InetSocketAddress(address, port), false, "a.example", "a.example", "/", 1000, 10_000);
    }
}
