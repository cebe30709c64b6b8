package io.tributary.transport.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class HttpGatewayTest {
    private static Routes routes() {
        return new Routes()
                .exact("/", HttpRoute.of(_ -> HttpReply.text(200, "OK")))
                .exact(
                        "/echo",
                        HttpRoute.of(request -> HttpReply.text(
                                        200,
                                        request.method() + " " + request.body().length + " "
                                                + request.query("q")
                                                        .map(String::length)
                                                        .orElse(-1))
                                .with("X-Seen", request.header("x-sent").orElse("nothing"))))
                .exact("/throws", _ -> {
                    throw new IllegalStateException("on purpose");
                })
                .exact("/fails", _ -> CompletableFuture.failedFuture(new IOException("on purpose")))
                .exact(
                        "/later",
                        _ -> CompletableFuture.supplyAsync(
                                () -> HttpReply.text(200, "later"), Executors.newVirtualThreadPerTaskExecutor()))
                .exact("/big", HttpRoute.of(_ -> HttpReply.bytes(200, "application/octet-stream", new byte[3_000_001])))
                .prefix(
                        "/twirp/",
                        HttpRoute.of(request -> HttpReply.json(404, "{\"path\":\"" + request.path() + "\"}")))
                .webSocket("/rtc", request -> request.refuse(HttpReply.empty(500)));
    }

    @Test
    void answersWithCorsOnEverything() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            for (String path : List.of("/", "/nowhere", "/rtc", "/throws", "/fails", "/twirp/x", "/later")) {
                HttpResponse<String> reply = http.get(path);
                assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                        .as(path)
                        .contains("*");
            }
            assertThat(http.get("/").body()).isEqualTo("OK");
            assertThat(http.get("/later").body()).isEqualTo("later");
        }
    }

    @Test
    void turnsOurBugsIntoAnEmpty500() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            assertThat(http.get("/throws").statusCode()).isEqualTo(500);
            assertThat(http.get("/fails").statusCode()).isEqualTo(500);
            assertThat(http.get("/fails").body()).isEmpty();
            assertThat(http.gateway.counters().routeFailures()).isEqualTo(3);
        }
    }

    @Test
    void findsNothingOnUnknownPathsAndPlainGetsOfAWebSocket() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            for (String path : List.of("/nowhere", "/rtc", "/rtc/", "/settings/regions")) {
                assertThat(http.get(path).statusCode()).as(path).isEqualTo(404);
                assertThat(http.get(path).body()).as(path).isEmpty();
            }
        }
    }

    @Test
    void answersPreflightsWithWhatWasAsked() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            HttpResponse<String> reply = http.send(HttpRequest.newBuilder(http.uri("/twirp/livekit.RoomService/X"))
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "authorization,content-type"));
            assertThat(reply.statusCode()).isEqualTo(204);
            assertThat(reply.headers()
                            .firstValue("Access-Control-Allow-Methods")
                            .orElseThrow())
                    .contains("OPTIONS", "HEAD", "GET", "POST", "PATCH", "DELETE");
            assertThat(reply.headers().firstValue("Access-Control-Allow-Headers"))
                    .contains("authorization,content-type");
            assertThat(reply.headers().firstValue("Access-Control-Max-Age")).contains("86400");
        }
    }

    @Test
    void takesVeryLongQueries() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            assertThat(http.get("/echo?q=" + "a".repeat(18_000)).body()).isEqualTo("GET 0 18000");
            assertThat(http.get("/echo?q=" + "a".repeat(1_000_000)).body()).isEqualTo("GET 0 1000000");
        }
    }

    @Test
    void refusesARequestLineOverTheBound() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            HttpResponse<String> reply = http.get("/echo?q=" + "a".repeat(HttpGateway.MAX_REQUEST_LINE_BYTES));
            assertThat(reply.statusCode()).isEqualTo(414);
            assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
            assertThat(http.gateway.counters().invalidRequests()).isEqualTo(1);
        }
    }

    @Test
    void toleratesEmptyQuerySegmentsAndMountPrefixes() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            for (String path :
                    List.of("/echo", "//echo", "/livekit/sfu/echo", "/livekit/jwt/echo", "/livekit/sfu//echo")) {
                assertThat(http.get(path + "?&&x=1&&q=abc&").body()).as(path).isEqualTo("GET 0 3");
            }
            assertThat(http.get("/livekit/sfu/twirp/a").body()).isEqualTo("{\"path\":\"/twirp/a\"}");
        }
    }

    @Test
    void handsBodiesAndHeadersToTheRoute() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            HttpResponse<String> reply = http.send(HttpRequest.newBuilder(http.uri("/echo"))
                    .header("X-SENT", "yes")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[HttpRoute.MAX_BODY_BYTES])));
            assertThat(reply.body()).isEqualTo("POST " + HttpRoute.MAX_BODY_BYTES + " -1");
            assertThat(reply.headers().firstValue("X-Seen")).contains("yes");
        }
    }

    @Test
    void refusesABodyOverTheBoundWhetherAnnouncedOrNot() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            String announced = raw(
                    http.gateway.port(),
                    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + (HttpRoute.MAX_BODY_BYTES + 1) + "\r\n\r\n",
                    0);
            assertThat(announced).startsWith("HTTP/1.1 413 ").contains("Access-Control-Allow-Origin: *");
            String chunked = raw(
                    http.gateway.port(),
                    "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\na00001\r\n",
                    HttpRoute.MAX_BODY_BYTES + 1);
            assertThat(chunked).startsWith("HTTP/1.1 413 ");
            assertThat(http.gateway.counters().oversizedBodies()).isEqualTo(2);
        }
    }

    @Test
    void endsAConnectionWhoseBodyDrips() throws Exception {
        HttpGateway gateway = HttpGateway.open(
                List.of(InetAddress.getLoopbackAddress()),
                0,
                routes(),
                new GatewayCounters(),
                Duration.ofMillis(300),
                10,
                1 << 20);
        try (gateway;
                var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na"
                            .getBytes(StandardCharsets.US_ASCII));

            String reply = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(reply).startsWith("HTTP/1.1 408 ").contains("Access-Control-Allow-Origin: *");
            assertThat(gateway.counters().slowBodies()).isEqualTo(1);
        }
    }

    /// What a proxy in front took for one request must not be two here (RFC 9112 §6.1).
    @Test
    void takesNoRequestWithTwoLengths() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            for (String lengths : List.of(
                    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                    "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                    "Content-Length: 5\r\nContent-Length: 6\r\n",
                    "Transfer-Encoding: chunked, identity\r\n",
                    "Transfer-Encoding : chunked\r\n")) {
                String both = "POST /echo HTTP/1.1\r\nHost: x\r\n" + lengths
                        + "\r\n0\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                String replies;
                try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), http.gateway.port())) {
                    socket.setSoTimeout(20_000);
                    socket.getOutputStream().write(both.getBytes(StandardCharsets.US_ASCII));
                    replies = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                }
                assertThat(replies).as(lengths).doesNotContain("GET 0").startsWith("HTTP/1.1 400 ");
            }
        }
    }

    @Test
    void sendsLargeRepliesWhole() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            HttpResponse<byte[]> reply = http.client.send(
                    HttpRequest.newBuilder(http.uri("/big")).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(reply.body()).hasSize(3_000_001);
            HttpResponse<String> head =
                    http.send(HttpRequest.newBuilder(http.uri("/big")).HEAD());
            assertThat(head.headers().firstValue("Content-Length")).contains("3000001");
        }
    }

    @Test
    void bindsSeveralAddressesOnOnePort() throws Exception {
        var addresses = List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
        try (var gateway = HttpGateway.open(addresses, 0, routes());
                var client = java.net.http.HttpClient.newHttpClient()) {
            for (String host : List.of("127.0.0.1", "[::1]")) {
                URI uri = URI.create("http://" + host + ":" + gateway.port() + "/");
                var reply = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(reply.body()).isEqualTo("OK");
            }
        }
    }

    @Test
    void bindsBothWildcardsAsOne() throws Exception {
        var addresses = List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"));
        try (var gateway = HttpGateway.open(addresses, 0, routes());
                var client = java.net.http.HttpClient.newHttpClient()) {
            for (String host : List.of("127.0.0.1", "[::1]")) {
                URI uri = URI.create("http://" + host + ":" + gateway.port() + "/");
                var reply = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(reply.body()).isEqualTo("OK");
            }
        }
    }

    /// Whoever is there stays; whoever is one too many hears so, and has a place as soon as there is one.
    @Test
    void refusesConnectionsOverTheBound() throws Exception {
        var sockets = new ArrayList<Socket>();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpGateway gateway = HttpGateway.open(
                List.of(loopback), 0, routes(), new GatewayCounters(), Duration.ofSeconds(20), 3, 1 << 20);
        try (gateway) {
            for (int i = 0; i < 3; i++) {
                sockets.add(new Socket(loopback, gateway.port()));
                assertThat(ask(sockets.get(i))).startsWith("HTTP/1.1 200 ");
            }
            for (int i = 0; i < 2; i++) {
                assertThat(raw(gateway.port(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 0))
                        .startsWith("HTTP/1.1 503 ")
                        .contains("Connection: close")
                        .endsWith("too many connections");
            }
            try (var silent = new Socket(loopback, gateway.port())) {
                silent.setSoTimeout(20_000);
                assertThat(silent.getInputStream().read())
                        .as("closed without a word")
                        .isNegative();
            }
            assertThat(gateway.counters().refusedConnections()).isEqualTo(3);
            assertThat(ask(sockets.getLast())).startsWith("HTTP/1.1 200 ");
            sockets.removeFirst().close();
            reaches(gateway.counters()::openConnections, 2);
            assertThat(raw(gateway.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0))
                    .startsWith("HTTP/1.1 200 ");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /// Anybody may begin a request of a megabyte or ten, but not everybody at once; and who asks for little is
    /// answered.
    @Test
    void cutsTheLargestOffWhereUnfinishedRequestsTakeTooMuch() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpGateway gateway = HttpGateway.open(
                List.of(loopback), 0, routes(), new GatewayCounters(), Duration.ofSeconds(60), 50, 1 << 20);
        try (gateway;
                var body = new Socket(loopback, gateway.port());
                var head = new Socket(loopback, gateway.port());
                var patient = new Socket(loopback, gateway.port())) {
            begin(head, "GET /echo?q=" + "a".repeat(400_000));
            reaches(() -> gateway.unfinishedBytes() / 100_000, 4); // another thread may read the other one
            begin(body, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(500_000));
            assertThat(ask(patient)).startsWith("HTTP/1.1 200 ");
            assertThat(gateway.counters().cutOffRequests()).isZero();

            assertThat(endedDuring(body, "a".repeat(300_000))).isTrue();
            reaches(gateway.counters()::cutOffRequests, 1);
            assertThat(ask(patient)).startsWith("HTTP/1.1 200 ");
            begin(head, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(new String(head.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    /// What is complete counts no more, on a connection that stays open.
    @Test
    void letsManyLargeRequestsFollowEachOther() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        HttpGateway gateway = HttpGateway.open(
                List.of(loopback), 0, routes(), new GatewayCounters(), Duration.ofSeconds(60), 50, 1 << 20);
        try (gateway;
                var client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + gateway.port() + "/echo");
            for (int i = 0; i < 5; i++) {
                var request = HttpRequest.newBuilder(uri)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[900_000]))
                        .build();
                assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                                .body())
                        .startsWith("POST 900000");
            }
            assertThat(gateway.counters().cutOffRequests()).isZero();
        }
    }

    private static void begin(Socket socket, String bytes) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
    }

    private static boolean endedDuring(Socket socket, String bytes) throws IOException {
        try {
            begin(socket, bytes);
        } catch (SocketException e) {
            return true;
        }
        return ended(socket);
    }

    /// Whether the server ends the connection.
    private static boolean ended(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true; // reset, because not all was read
        }
    }

    private static void reaches(LongSupplier counter, long value) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (counter.getAsLong() != value) {
            assertThat(System.nanoTime()).as("%d reached", value).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /// The first bytes of an answer, on a connection that stays open.
    private static String ask(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        var answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nOK") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after %s", answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }

    @Test
    void saysWhichPortIsTakenAndWhatToDo() throws Exception {
        try (var http = new GatewayFixture(routes())) {
            int port = http.gateway.port();
            assertThatThrownBy(() -> HttpGateway.open(List.of(InetAddress.ofLiteral("127.0.0.1")), port, new Routes()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("127.0.0.1:" + port)
                    .hasMessageContaining("port " + port + " is in use");
        }
    }

    @Test
    void saysThatAnAddressIsNotOurs() {
        assertThatThrownBy(() -> HttpGateway.open(List.of(InetAddress.ofLiteral("192.0.2.1")), 0, new Routes()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("192.0.2.1:0")
                .hasMessageContaining("no such address");
    }

    /// Sends `head` and `zeros` zero bytes on a bare connection and reads until the server closes it.
    private static String raw(int port, String head, int zeros) throws Exception {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            try {
                socket.getOutputStream().write(new byte[zeros]);
            } catch (IOException e) {
                // the server may stop listening once it has refused
            }
            InputStream in = socket.getInputStream();
            byte[] answer = new byte[4096];
            int read = in.read(answer);
            return new String(answer, 0, Math.max(read, 0), StandardCharsets.US_ASCII);
        }
    }
}
