package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.endpoint.DoorLimits;
import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.auth.matrix.ServerName;
import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.signal.JoinRefusal;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenVerdict;
import io.tributary.sfu.token.TokenVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import livekit.LivekitRoom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From a Matrix user's token to a place in a room, in one process and with a token service in front of another.
class MatrixDoorTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final String SLOT = "m.call#ROOM";

    @SuppressWarnings("NullAway.Init") // by JUnit
    private static Homeserver home;

    @SuppressWarnings("NullAway.Init") // by JUnit
    private static Homeserver abroad;

    @BeforeAll
    static void start() {
        home = new Homeserver("home.example");
        abroad = new Homeserver("abroad.example");
    }

    @AfterAll
    static void stop() {
        home.close();
        abroad.close();
    }

    @Test
    void whoIsAtHomeFindsTheRoomMade() throws Exception {
        try (var server = TestServer.start(door("wss://sfu.example"))) {
            AccessToken token = token(getToken(server.httpUrl(), "home.example", "alice", "!one:home.example"));

            RoomView room = roomNamed(server, token.room());
            assertThat(room.emptyTimeoutSeconds()).isEqualTo(300);
            assertThat(room.departureTimeoutSeconds()).isEqualTo(20);
            assertThat(room.maxParticipants()).isZero();
            getToken(server.httpUrl(), "home.example", "alice", "!one:home.example");
            assertThat(roomNamed(server, token.room()).sid()).isEqualTo(room.sid());
            assertThat(token.video().canPublish()).isTrue();
            assertThat(token.expiresAtSeconds() * 1000 - System.currentTimeMillis())
                    .isBetween(3_500_000L, 3_600_000L);
        }
    }

    @Test
    void whoComesFromAbroadMakesNoRoomAndJoinsWhenThereIsOne() throws Exception {
        try (var server = TestServer.start(door("wss://sfu.example"))) {
            JsonNode reply = getToken(server.httpUrl(), "abroad.example", "bob", "!two:home.example");
            AccessToken token = token(reply);
            assertThat(token.video().canPublish()).isFalse();
            assertThat(rooms(server)).isEmpty();

            // Not there yet: the join is under way when somebody of home asks for a token.
            var joining = CompletableFuture.supplyAsync(() ->
                    SignalClient.joinOnceThereIsARoom(server, reply.path("jwt").asString()));
            until(() -> server.lobby().counters().holding() == 1);
            getToken(server.httpUrl(), "home.example", "alice", "!two:home.example");

            try (var bob = joining.join()) {
                assertThat(bob.serverCandidate()).isNotEmpty();
            }
            assertThat(rooms(server)).hasSize(1);
        }
    }

    @Test
    void bothEndpointsLeadToOneRoom() throws Exception {
        try (var server = TestServer.start(door("wss://sfu.example"))) {
            JsonNode modern = getToken(server.httpUrl(), "home.example", "alice", "!three:home.example");
            JsonNode legacy = post(
                    server.httpUrl() + "/livekit/jwt/sfu/get",
                    Map.of(
                            "room",
                            "!three:home.example",
                            "device_id",
                            "DEV",
                            "openid_token",
                            openId("home.example", "alice")));

            assertThat(token(legacy).room()).isEqualTo(token(modern).room());
            assertThat(token(legacy).identity().value()).isEqualTo("@alice:home.example:DEV");
            assertThat(legacy.path("url").asString()).isEqualTo("wss://sfu.example");
        }
    }

    @Test
    void aTokenServiceAsksAnotherServerForRooms() throws Exception {
        try (var sfu = TestServer.start();
                var service = TokenService.start(serviceConfig(sfu.webSocketUrl()))) {
            String url = "http://127.0.0.1:" + service.httpPort();

            JsonNode full = getToken(url, "home.example", "alice", "!four:home.example");
            JsonNode restricted = getToken(url, "abroad.example", "bob", "!four:home.example");
            getToken(url, "abroad.example", "bob", "!nobodys:home.example");

            assertThat(full.path("url").asString()).isEqualTo(sfu.webSocketUrl());
            assertThat(rooms(sfu)).singleElement().satisfies(room -> {
                assertThat(room.name()).isEqualTo(token(full).room());
                assertThat(room.emptyTimeoutSeconds()).isEqualTo(300);
                assertThat(room.departureTimeoutSeconds()).isEqualTo(20);
            });
            try (var _ = SignalClient.joinWithToken(sfu, full.path("jwt").asString());
                    var _ = SignalClient.joinWithToken(
                            sfu, restricted.path("jwt").asString())) {
                assertThat(sfu.lobby()
                                .administration()
                                .participants(token(full).room())
                                .toCompletableFuture()
                                .join())
                        .hasSize(2);
            }
            assertThat(get(url + "/healthz").statusCode()).isEqualTo(200);
            assertThat(get(url + "/rtc/v1").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void whatATokenServiceSendsIsWhatLiveKitExpects() throws Exception {
        List<Map<String, String>> seen = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        HttpServer livekit = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        livekit.createContext("/", exchange -> {
            Map<String, String> request = new HashMap<>();
            request.put("line", exchange.getRequestMethod() + " " + exchange.getRequestURI());
            request.put("type", exchange.getRequestHeaders().getFirst("Content-Type"));
            request.put("authorization", exchange.getRequestHeaders().getFirst("Authorization"));
            seen.add(request);
            bodies.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        livekit.start();
        String base = "ws://127.0.0.1:" + livekit.getAddress().getPort() + "/behind/a/path/";
        try (var service = TokenService.start(serviceConfig(base))) {
            JsonNode reply =
                    getToken("http://127.0.0.1:" + service.httpPort(), "home.example", "alice", "!five:home.example");

            assertThat(seen).hasSize(1);
            assertThat(seen.getFirst().get("line"))
                    .isEqualTo("POST /behind/a/path/twirp/livekit.RoomService/CreateRoom");
            assertThat(seen.getFirst().get("type")).isEqualTo("application/protobuf");
            assertThat(LivekitRoom.CreateRoomRequest.parseFrom(bodies.getFirst()))
                    .isEqualTo(LivekitRoom.CreateRoomRequest.newBuilder()
                            .setName(token(reply).room().value())
                            .setEmptyTimeout(300)
                            .setDepartureTimeout(20)
                            .build());
            // As many as were recorded of lk-jwt-service.
            assertThat(bodies.getFirst()).hasSize(50);
            AccessToken administrator =
                    verified(seen.getFirst().getOrDefault("authorization", "").substring("Bearer ".length()));
            assertThat(administrator.video().roomCreate()).isTrue();
            assertThat(administrator.video().roomJoin()).isFalse();
            assertThat(reply.path("url").asString()).isEqualTo(base);
        } finally {
            livekit.stop(0);
        }
    }

    @Test
    void nobodyGetsATokenForARoomThatCouldNotBeMade() throws Exception {
        try (var service = TokenService.start(serviceConfig("ws://127.0.0.1:1"))) {
            HttpResponse<String> answer = send(
                    "http://127.0.0.1:" + service.httpPort() + "/get_token",
                    request("home.example", "alice", "!six:home.example"));

            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("M_UNKNOWN").doesNotContain("jwt");
            assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
        }
    }

    /// Clients that were in a call go on with the tokens that they were sent there; they fetch no others.
    @Test
    void aCallOutlivesARestartOfTheServer() throws Exception {
        String alice;
        String bob;
        String neverUsed;
        try (var before = TestServer.start(door("wss://sfu.example"))) {
            neverUsed = jwt(before, "home.example", "carol");
            alice = renewed(before, jwt(before, "home.example", "alice"));
            bob = renewed(before, jwt(before, "abroad.example", "bob"));
        }
        try (var after = TestServer.start(door("wss://sfu.example"))) {
            // They are first, make nothing and wait.
            var early = Stream.of(bob, neverUsed)
                    .map(token -> CompletableFuture.supplyAsync(() -> SignalClient.joinOnceThereIsARoom(after, token)))
                    .toList();
            until(() -> after.lobby().counters().holding() == 2);
            assertThat(rooms(after)).isEmpty();

            try (var _ = SignalClient.joinWithToken(after, alice);
                    var _ = early.getFirst().join();
                    var _ = early.getLast().join()) {
                RoomView room = roomNamed(after, verified(alice).room());
                assertThat(room.departureTimeoutSeconds()).isEqualTo(20);
                assertThat(verified(bob).video().canPublish()).isFalse();
            }
        }
    }

    private static String jwt(TestServer server, String homeserver, String user) throws Exception {
        return getToken(server.httpUrl(), homeserver, user, "!eight:home.example")
                .path("jwt")
                .asString();
    }

    /// What a client is sent once it is in.
    private static String renewed(TestServer server, String token) {
        try (var client = SignalClient.joinWithToken(server, token)) {
            return client.renewedToken();
        }
    }

    @Test
    void aCallTakesNoMoreThanItsRuleAllows() throws Exception {
        var rule = new AccessRule("small", "*", "*", "*", Access.FULL, 2, 0);
        DoorSettings usual = door("wss://sfu.example");
        var small = new DoorSettings(
                usual.sfuUrl(),
                usual.fullAccess(),
                List.of(rule),
                usual.federatedPublish(),
                usual.trustedServers(),
                usual.allowedNetworks(),
                usual.trustedProxies(),
                usual.strictJson(),
                usual.limits());
        try (var server = TestServer.start(small);
                var _ = SignalClient.joinWithToken(server, jwt(server, "home.example", "alice"));
                var _ = SignalClient.joinWithToken(server, jwt(server, "home.example", "bob"))) {
            String third = jwt(server, "abroad.example", "carol");

            assertThatThrownBy(() -> SignalClient.joinWithToken(server, third))
                    .hasStackTraceContaining("UpgradeRefusedException");
            assertThat(server.lobby().counters().refusals(JoinRefusal.FULL)).isOne();
        }
    }

    @Test
    void aRoomThatExistsIsNotShrunkByATokenRequest() throws Exception {
        try (var server = TestServer.start(door("wss://sfu.example"))) {
            AccessToken token = token(getToken(server.httpUrl(), "home.example", "alice", "!seven:home.example"));
            server.lobby()
                    .administration()
                    .create(new RoomOrder(token.room(), 900, 60, 7, "kept"))
                    .toCompletableFuture()
                    .join();
            getToken(server.httpUrl(), "home.example", "carol", "!seven:home.example");

            RoomView room = roomNamed(server, token.room());
            assertThat(room.emptyTimeoutSeconds()).isEqualTo(900);
            assertThat(room.maxParticipants()).isEqualTo(7);
            assertThat(room.metadata()).isEqualTo("kept");
        }
    }

    private static DoorSettings door(String sfuUrl) {
        return new DoorSettings(
                sfuUrl,
                HomeserverAllowlist.parse("home.example"),
                List.of(),
                FederatedPublish.NEVER,
                Map.of(server("home.example"), home.url(), server("abroad.example"), abroad.url()),
                List.of(),
                DoorSettings.USUAL_PROXIES,
                false,
                DoorLimits.usual());
    }

    private static ServerName server(String name) {
        return ServerName.parse(name).orElseThrow();
    }

    private static ServerConfig serviceConfig(String sfuUrl) throws Exception {
        Map<String, String> environment = Map.of(
                "LIVEKIT_URL", sfuUrl,
                "LIVEKIT_KEY", "key",
                "LIVEKIT_SECRET", TestServer.keys().values().iterator().next().value(),
                "LIVEKIT_FULL_ACCESS_HOMESERVERS", "home.example",
                "LIVEKIT_JWT_BIND", "127.0.0.1:0");
        String yaml = "matrix: {trusted_servers: {home.example: '" + home.url() + "', abroad.example: '" + abroad.url()
                + "'}}";
        return TokenServiceCommand.read(environment, yaml).config();
    }

    private static Map<String, Object> request(String homeserver, String user, String room) {
        return Map.of(
                "room_id",
                room,
                "slot_id",
                SLOT,
                "openid_token",
                openId(homeserver, user),
                "member",
                Map.of(
                        "id",
                        "member-of-" + user,
                        "claimed_user_id",
                        "@" + user + ":" + homeserver,
                        "claimed_device_id",
                        "DEV"));
    }

    private static Map<String, Object> openId(String homeserver, String user) {
        return Map.of(
                "access_token", user, "token_type", "Bearer", "matrix_server_name", homeserver, "expires_in", 3600);
    }

    private static JsonNode getToken(String base, String homeserver, String user, String room) throws Exception {
        return post(base + "/get_token", request(homeserver, user, room));
    }

    private static JsonNode post(String url, Map<String, Object> body) throws Exception {
        HttpResponse<String> response = send(url, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonMapper().readTree(response.body());
    }

    private static HttpResponse<String> send(String url, Map<String, Object> body)
            throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(url))
                        .POST(BodyPublishers.ofString(new JsonMapper().writeValueAsString(body)))
                        .build(),
                BodyHandlers.ofString());
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    private static AccessToken token(JsonNode reply) {
        return verified(reply.path("jwt").asString());
    }

    private static AccessToken verified(String token) {
        Map<String, String> keys = new HashMap<>();
        TestServer.keys().forEach((key, secret) -> keys.put(key, secret.value()));
        if (new TokenVerifier(new ApiKeys(keys)).verify(token, System.currentTimeMillis())
                instanceof TokenVerdict.Verified(AccessToken verified)) {
            return verified;
        }
        throw new AssertionError("not genuine");
    }

    private static List<RoomView> rooms(TestServer server) {
        return server.lobby()
                .administration()
                .rooms(List.of())
                .toCompletableFuture()
                .join();
    }

    private static RoomView roomNamed(TestServer server, RoomName name) {
        return server.lobby()
                .administration()
                .rooms(List.of(name))
                .toCompletableFuture()
                .join()
                .getFirst();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
