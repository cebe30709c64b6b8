package io.tributary.auth.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.access.RoomPlan;
import io.tributary.auth.access.TokenGrant;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.matrix.Network;
import io.tributary.auth.world.Door;
import io.tributary.auth.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/// Requests over HTTP, homeservers over TLS, and an SFU that takes notes.
class TokenDoorTest {
    private static final String ALICE = "@alice:example.com";
    private static final String ALIAS = "krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs";
    private static final String USERINFO = "/_matrix/federation/v1/openid/userinfo";

    private final World world = new World();
    private @Nullable Door opened;

    @BeforeEach
    void homeservers() {
        world.name("example.com", "192.0.2.1")
                .server("192.0.2.1", 8448, World.homeserver("right", ALICE), "example.com");
        world.name("b.example", "192.0.2.2")
                .server("192.0.2.2", 8448, World.homeserver("right", "@bob:b.example"), "b.example");
        world.name("evil.example", "192.0.2.3")
                .server("192.0.2.3", 8448, World.homeserver("right", ALICE), "evil.example");
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
        world.close();
    }

    @Test
    void givesLegacyCallersATokenForUserAndDevice() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/sfu/get", Door.sfuGet("example.com", "right"));

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"url\":\"wss://sfu.example\",\"jwt\":\"jwt-1\"}");
        TokenGrant grant = door.grants.getFirst();
        assertThat(grant.identity()).isEqualTo("@alice:example.com:DEVICE123");
        assertThat(grant.room()).isEqualTo(ALIAS);
        assertThat(grant.route()).isEqualTo(TokenRoute.SFU_GET);
        assertCors(reply);
    }

    @Test
    void givesATokenForTheHashOfUserDeviceAndMember() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/get_token", Door.getToken("example.com", "right", ALICE));

        assertThat(reply.statusCode()).isEqualTo(200);
        TokenGrant grant = door.grants.getFirst();
        assertThat(grant.identity()).isEqualTo("J+T45tGruxc+HrUOqJJlyQSV33m728Cme4+vt8/SWrU");
        assertThat(grant.mayPublish()).isTrue();
        assertThat(grant.access()).isEqualTo(Access.FULL);
        assertThat(grant.remake()).contains(new RoomPlan(ALIAS, 300, 20, 0));
        assertThat(door.counters().tokens(TokenRoute.GET_TOKEN, Access.FULL)).isEqualTo(1);
    }

    @Test
    void bringsCallersOfBothEndpointsToOneRoom() {
        Door door = door(settings());

        door.post("/sfu/get", Door.sfuGet("example.com", "right"));
        door.post("/get_token", Door.getToken("example.com", "right", ALICE));

        assertThat(door.grants).extracting(TokenGrant::room).containsExactly(ALIAS, ALIAS);
    }

    @Test
    void makesTheRoomForFullAccess() {
        Door door = door(settings());

        door.post("/get_token", Door.getToken("example.com", "right", ALICE));
        door.post("/get_token", Door.getToken("example.com", "right", ALICE));

        assertThat(door.plans).containsExactly(new RoomPlan(ALIAS, 300, 20, 0), new RoomPlan(ALIAS, 300, 20, 0));
    }

    @Test
    void givesRestrictedUsersATokenAndMakesNothing() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/get_token", Door.getToken("b.example", "right", "@bob:b.example"));

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(door.plans).isEmpty();
        assertThat(door.grants.getFirst().access()).isEqualTo(Access.RESTRICTED);
        assertThat(door.grants.getFirst().mayPublish()).isFalse();
        assertThat(door.grants.getFirst().remake()).isEmpty();
    }

    @Test
    void letsRestrictedLegacyCallersPublishUnderLegacyOnlyAndCountsThemOtherwise() {
        Door never = door(settings());
        never.post("/sfu/get", Door.sfuGet("b.example", "right"));
        assertThat(never.grants.getFirst().mayPublish()).isFalse();
        assertThat(never.counters().legacyPublishRefused()).isEqualTo(1);
        never.close();

        Door legacy = door(with(FederatedPublish.LEGACY_ONLY, Map.of(), DoorLimits.usual(), false));
        legacy.post("/sfu/get", Door.sfuGet("b.example", "right"));
        legacy.post("/get_token", Door.getToken("b.example", "right", "@bob:b.example"));
        assertThat(legacy.grants).extracting(TokenGrant::mayPublish).containsExactly(true, false);
        assertThat(legacy.plans).isEmpty();
        assertThat(legacy.counters().legacyPublishRefused()).isZero();
        assertThat(legacy.counters().publishRefused()).isEqualTo(1);
    }

    @Test
    void refusesSomebodyElsesToken() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/get_token", Door.getToken("example.com", "right", "@bob:example.com"));

        assertUnauthorized(door, reply, DoorRefusal.CLAIMED_USER);
    }

    @Test
    void refusesAForgedTokenAndAsksOnce() {
        Door door = door(settings());

        assertUnauthorized(
                door,
                door.post("/get_token", Door.getToken("example.com", "wrong", ALICE)),
                DoorRefusal.TOKEN_REJECTED);
        door.post("/get_token", Door.getToken("example.com", "wrong", ALICE));

        assertThat(world.asked(USERINFO)).isEqualTo(1);
    }

    @Test
    void refusesAForeignUserWhomAHomeserverCallsItsOwn() {
        Door door = door(settings());

        assertUnauthorized(
                door, door.post("/get_token", Door.getToken("evil.example", "right", ALICE)), DoorRefusal.FOREIGN_USER);
        assertUnauthorized(door, door.post("/sfu/get", Door.sfuGet("evil.example", "right")), DoorRefusal.FOREIGN_USER);
    }

    @Test
    void takesThePortForAPartOfTheServersName() {
        world.server("192.0.2.1", 4433, World.homeserver("right", ALICE), "example.com");
        world.server("192.0.2.1", 4434, World.homeserver("right", "@alice:example.com:4434"), "example.com");
        Door door = door(settings());

        assertUnauthorized(
                door, door.post("/sfu/get", Door.sfuGet("example.com:4433", "right")), DoorRefusal.FOREIGN_USER);
        assertThat(door.post("/sfu/get", Door.sfuGet("example.com:4434", "right"))
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "room_id",
                "slot_id",
                "id",
                "claimed_user_id",
                "claimed_device_id",
                "access_token",
                "matrix_server_name"
            })
    void refusesARequestWithoutAField(String field) {
        Door door = door(settings());
        String whole = Door.getToken("example.com", "right", ALICE);

        for (String without : List.of(
                whole.replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"\""),
                whole.replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":null"),
                whole.replaceFirst("\"" + field + "\"", "\"x_" + field + "\""))) {
            HttpResponse<String> reply = door.post("/get_token", without);
            assertThat(reply.statusCode()).as(without).isEqualTo(400);
            assertThat(reply.body()).contains("M_BAD_JSON");
        }
        assertThat(world.seen).isEmpty();
    }

    @Test
    void refusesALegacyRequestWithoutRoomOrTokenButNotWithoutDevice() {
        Door door = door(settings());
        String whole = Door.sfuGet("example.com", "right");

        assertThat(door.post("/sfu/get", whole.replace("!room:example.com", "")).body())
                .contains("M_BAD_JSON");
        assertThat(door.post("/sfu/get", whole.replace("right", "")).body()).contains("M_BAD_JSON");
        assertThat(door.post("/sfu/get", whole.replace("DEVICE123", "")).statusCode())
                .isEqualTo(200);
        assertThat(door.grants.getFirst().identity()).isEqualTo("@alice:example.com:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "7", "{\"room\":5}", "{} x", "{\"room\":\"a\",\"room\":\"b\"}"})
    void refusesWhatIsNoJsonOfThatShape(String body) {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/sfu/get", body);

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(reply.body()).contains("\"errcode\":\"M_NOT_JSON\"");
        assertCors(reply);
    }

    /// A route that answers late is not asked with a head that is large: it would be kept until then.
    @Test
    void refusesALongHeadReadably() {
        Door door = door(settings());
        String request = Door.getToken("example.com", "right", ALICE);

        HttpResponse<String> longLine = door.post("/get_token?" + "x".repeat(20_000), request);
        HttpResponse<String> longHeader = door.post("/get_token", request, "X-Anything", "x".repeat(20_000));

        for (HttpResponse<String> reply : List.of(longLine, longHeader)) {
            assertThat(reply.statusCode()).isEqualTo(431);
            assertThat(reply.body()).contains("M_TOO_LARGE");
            assertCors(reply);
        }
        assertThat(door.counters().refusals(DoorRefusal.HEAD_TOO_LARGE)).isEqualTo(2);
        assertThat(door.post("/get_token", request, "X-Anything", "x".repeat(8_000))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesALongBodyReadably() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post("/get_token", " ".repeat((64 << 10) + 1));

        assertThat(reply.statusCode()).isEqualTo(413);
        assertCors(reply);
    }

    /// Whoever has to be told that a body is too long is told before it is there: what is not read needs no memory.
    @Test
    void refusesALongBodyBeforeItIsThere() throws IOException {
        Door door = door(settings());
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), door.port())) {
            socket.setSoTimeout(20_000);
            String head = "POST /livekit/jwt/get_token HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n";
            int announced = 1_000_000;
            socket.getOutputStream().write(head.formatted(announced).getBytes(StandardCharsets.US_ASCII));

            String refusal = head(socket);
            assertThat(refusal).startsWith("HTTP/1.1 413 ").containsIgnoringCase("Access-Control-Allow-Origin: *");
            assertThat(refusal).containsIgnoringCase("Content-Type: application/json");
            assertThat(door.counters().refusals(DoorRefusal.BODY_TOO_LARGE)).isEqualTo(1);

            // A browser sends the rest before it reads, and uses the connection again.
            socket.getInputStream().skipNBytes(length(refusal));
            socket.getOutputStream().write(new byte[announced]);
            socket.getOutputStream().write(head.formatted(0).getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket)).startsWith("HTTP/1.1 400 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999", "-1e999", "1e-999", "99999999999999999999", "-1", "0.5", "true", "[]"})
    void takesEveryNumberForOneOrRefusesIt(String number) {
        Door door = door(settings());
        String body = Door.getToken("example.com", "right", ALICE).replace("3600", number);

        assertThat(door.post("/get_token", body).statusCode()).isIn(200, 400);
        assertThat(door.post("/get_token", body.replace(number, "9".repeat(900)))
                        .statusCode())
                .isIn(200, 400);
        assertThat(door.counters().refusals(DoorRefusal.INTERNAL)).isZero();
    }

    @Test
    void refusesHalvesOfSurrogatePairs() {
        Door door = door(settings());

        HttpResponse<String> reply = door.post(
                "/get_token", Door.getToken("example.com", "right", ALICE).replace("memberABC", "\\ud800"));

        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(world.seen).isEmpty();
    }

    @Test
    void refusesADeviceThatWouldBeAnotherUsersIdentity() {
        Door door = door(settings());

        HttpResponse<String> reply =
                door.post("/sfu/get", Door.sfuGet("example.com", "right").replace("DEVICE123", "8448:X"));

        assertThat(reply.statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "HEAD"})
    void answersOtherMethodsReadably(String method) {
        Door door = door(settings());

        for (String path : List.of("/get_token", "/sfu/get")) {
            HttpResponse<String> reply = door.send(method, path, "");
            assertThat(reply.statusCode()).isEqualTo(405);
            assertThat(reply.body()).isEmpty();
            assertCors(reply);
        }
    }

    @Test
    void answersPreflightsWith200() {
        Door door = door(settings());

        HttpResponse<String> reply =
                door.send("OPTIONS", "/get_token", "", "Access-Control-Request-Method", "POST", "Origin", "https://x");
        HttpResponse<String> plain = door.send("OPTIONS", "/sfu/get", "");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEmpty();
        assertThat(plain.statusCode()).isEqualTo(200);
        assertCors(reply);
        assertCors(plain);
    }

    @Test
    void answersUnknownPathsReadably() {
        Door door = door(settings());

        for (String path : List.of("/nowhere", "/delegate_delayed_leave", "/livekit/jwt/nowhere")) {
            HttpResponse<String> reply = door.post(path, "{}");
            assertThat(reply.statusCode()).isEqualTo(404);
            assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
        }
    }

    @Test
    void answersAnEmptyPost() {
        Door door = door(settings());

        for (String path : List.of("/get_token", "/sfu/get")) {
            HttpResponse<String> reply = door.post(path, "");
            assertThat(reply.statusCode()).isEqualTo(400);
            assertCors(reply);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/sfu/get",
                "//sfu/get",
                "/livekit/jwt/sfu/get",
                "/livekit/jwt//sfu/get",
                "//livekit/jwt/sfu/get",
                "/livekit/sfu/sfu/get"
            })
    void isThereBelowEveryPrefix(String path) {
        Door door = door(settings());

        assertThat(door.post(path, Door.sfuGet("example.com", "right")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void isHealthyBelowEveryPrefix() {
        Door door = door(settings());

        for (String path : List.of("/healthz", "/livekit/jwt/healthz", "//healthz")) {
            assertThat(door.send("GET", path, "").statusCode()).isEqualTo(200);
            assertThat(door.send("GET", path, "").body()).isEmpty();
            assertThat(door.send("POST", path, "").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void toleratesUnknownFieldsUnlessStrict() {
        String[] bodies = {
            Door.getToken("example.com", "right", ALICE).replaceFirst("\\{", "{\"new\":1,"),
            Door.getToken("example.com", "right", ALICE).replace("\"member\":{", "\"member\":{\"new\":[],"),
            Door.getToken("example.com", "right", ALICE).replace("\"openid_token\":{", "\"openid_token\":{\"new\":{},"),
            Door.getToken("example.com", "right", ALICE).replace("3600", "\"3600\"")
        };
        Door lenient = door(settings());
        for (String body : bodies) {
            assertThat(lenient.post("/get_token", body).statusCode()).as(body).isEqualTo(200);
        }
        lenient.close();
        Door strict = door(with(FederatedPublish.NEVER, Map.of(), DoorLimits.usual(), true));
        for (String body : bodies) {
            assertThat(strict.post("/get_token", body).body()).as(body).contains("M_NOT_JSON");
        }
        assertThat(strict.post("/get_token", Door.getToken("example.com", "right", ALICE))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusesDelegationSoThatClientsKeepTheirOwnLeave() {
        Door door = door(settings());
        String whole = Door.sfuGet("example.com", "right");

        HttpResponse<String> full =
                door.post("/sfu/get", whole.replaceFirst("\\{", "{\"delay_id\":\"d\",\"delay_timeout\":18000,"));
        HttpResponse<String> part = door.post("/sfu/get", whole.replaceFirst("\\{", "{\"delay_id\":\"d\","));
        HttpResponse<String> other = door.post("/sfu/get", whole.replaceFirst("\\{", "{\"delay_timeout\":\"18000\","));

        for (HttpResponse<String> reply : List.of(full, part, other)) {
            assertThat(reply.statusCode()).isEqualTo(400);
            assertThat(reply.body()).contains("M_BAD_JSON");
        }
        assertThat(door.counters().refusals(DoorRefusal.DELEGATION)).isEqualTo(1);
        assertThat(door.plans).isEmpty();
    }

    @Test
    void saysSoWhenTheSfuMakesNoRoom() {
        Door door = door(settings());
        door.sfuFails = true;

        HttpResponse<String> reply = door.post("/get_token", Door.getToken("example.com", "right", ALICE));

        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(reply.body()).contains("M_UNKNOWN");
        assertCors(reply);
    }

    @Test
    void givesDeniedUsersNothing() {
        var rule = new io.tributary.auth.access.AccessRule("ban", "*", "@alice:*", "*", Access.DENIED, 0, 0);
        Door door = door(new DoorSettings(
                "wss://sfu.example",
                HomeserverAllowlist.parse("*"),
                List.of(rule),
                FederatedPublish.NEVER,
                Map.of(),
                List.of(),
                DoorSettings.USUAL_PROXIES,
                false,
                DoorLimits.usual()));

        HttpResponse<String> reply = door.post("/get_token", Door.getToken("example.com", "right", ALICE));

        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(reply.body()).contains("M_FORBIDDEN");
        assertThat(door.grants).isEmpty();
    }

    /// The first room of a rule that allows one; the second finds no place until the first is gone. Nobody brings such
    /// a room back past the door, which counts them.
    @Test
    void keepsTheCeilingsOfARule() {
        var rule = new AccessRule("one", "*", "*", "*", Access.FULL, 4, 1);
        Door door = door(new DoorSettings(
                "wss://sfu.example",
                HomeserverAllowlist.parse(""),
                List.of(rule),
                FederatedPublish.NEVER,
                Map.of(),
                List.of(),
                DoorSettings.USUAL_PROXIES,
                false,
                DoorLimits.usual()));
        String first = Door.getToken("example.com", "right", ALICE);
        String second = first.replace("!room:", "!another:");

        assertThat(door.post("/get_token", first).statusCode()).isEqualTo(200);
        HttpResponse<String> full = door.post("/get_token", second);
        assertThat(full.statusCode()).isEqualTo(403);
        assertThat(full.body()).contains("M_FORBIDDEN");
        assertThat(door.counters().refusals(DoorRefusal.ROOM_CEILING)).isEqualTo(1);
        assertThat(door.post("/get_token", first).statusCode()).isEqualTo(200);
        assertThat(door.plans).containsOnly(new RoomPlan(ALIAS, 300, 20, 4));
        assertThat(door.grants.getFirst().remake()).isEmpty();
        door.gone.add(ALIAS);
        assertThat(door.post("/get_token", second).statusCode()).isEqualTo(200);
    }

    @Test
    void saysNothingAboutWhyItCouldNotVerify() {
        world.name("private.example", "10.0.0.1");
        Door door = door(settings());

        List<String> bodies =
                List.of("nowhere.example", "private.example", "example.com", "evil.example", "no name").stream()
                        .map(server -> door.post("/sfu/get", Door.sfuGet(server, "wrong")))
                        .map(HttpResponse::body)
                        .distinct()
                        .toList();

        assertThat(bodies).hasSize(1);
        assertThat(door.counters().refusals(DoorRefusal.SERVER_NOT_ALLOWED)).isEqualTo(1);
        assertThat(door.counters().refusals(DoorRefusal.SERVER_NOT_FOUND)).isEqualTo(1);
        assertThat(door.counters().refusals(DoorRefusal.SERVER_NAME)).isEqualTo(1);
    }

    @Test
    void asksTheHomeserverOnceForManyRequestsWithOneToken() {
        Door door = door(settings());
        var replies = java.util.stream.IntStream.range(0, 20)
                .mapToObj(_ -> door.later("POST", "/get_token", Door.getToken("example.com", "right", ALICE)))
                .toList();

        assertThat(replies).allMatch(reply -> reply.join().statusCode() == 200);
        assertThat(world.asked(USERINFO)).isEqualTo(1);
    }

    /// What it names is what an operator finds in the manual.
    @Test
    void givesAdviceForEveryRefusalAndNamesTheKeyOfEachLimit() throws IOException {
        String manual = Files.readString(Path.of("../docs/operations/configure.md"));
        for (DoorRefusal refusal : DoorRefusal.values()) {
            String advice = RefusalLog.advice(refusal);
            assertThat(advice).isNotBlank();
            Pattern.compile("matrix\\.[a-z_.]+[a-z]")
                    .matcher(advice)
                    .results()
                    .forEach(key -> assertThat(manual).contains("\n| `" + key.group() + "` |"));
        }
        for (DoorRefusal limit : DoorCounters.DELAYING) {
            assertThat(RefusalLog.advice(limit)).contains("matrix.limits.");
        }
        assertThat(RefusalLog.advice(DoorRefusal.MAX_PENDING)).contains("matrix.limits.max_pending");
        assertThat(RefusalLog.advice(DoorRefusal.BODY_TOO_LARGE)).contains("matrix.limits.max_body_bytes");
    }

    /// Everybody of a homeserver meets the same, so the operator hears of it once in a while.
    @Test
    void saysOnceInAWhileThatLegacyCallersMayNotPublish() {
        var lines = new ListAppender<ILoggingEvent>();
        var logger = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(TokenDoor.class);
        lines.start();
        logger.addAppender(lines);
        try {
            Door door = door(settings());
            for (int i = 0; i < 5; i++) {
                assertThat(door.post("/sfu/get", Door.sfuGet("b.example", "right"))
                                .statusCode())
                        .isEqualTo(200);
            }

            assertThat(door.counters().legacyPublishRefused()).isEqualTo(5);
            assertThat(lines.list)
                    .filteredOn(line -> line.getLevel() == Level.INFO)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .singleElement()
                    .asString()
                    .contains("homeserver=b.example")
                    .contains("federated_publish: legacy-only");
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void countsTheAddressBehindTrustedProxies() {
        List<Network> proxies = List.of(Network.of("127.0.0.0/8"), Network.of("10.0.0.0/8"));
        assertThat(source("127.0.0.1", proxies, "6.6.6.6, 203.0.113.5, 10.0.0.2"))
                .isEqualTo("203.0.113.5");
        assertThat(source("127.0.0.1", proxies)).isEqualTo("127.0.0.1");
        assertThat(source("203.0.113.9", proxies, "6.6.6.6")).isEqualTo("203.0.113.9");
        assertThat(source("127.0.0.1", proxies, "nonsense")).isEqualTo("127.0.0.1");
        assertThat(source("2001:db8::1", proxies)).isEqualTo(source("2001:db8::2", proxies));
        assertThat(source("2001:db8::1", proxies)).isNotEqualTo(source("2001:db8:0:1::1", proxies));
    }

    /// Of the next answer, with its last empty line.
    private static String head(Socket socket) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("after: %s", head).isNotNegative();
            head.append((char) next);
        }
        return head.toString();
    }

    private static int length(String head) {
        Matcher header = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        assertThat(header.find()).as(head).isTrue();
        return Integer.parseInt(header.group(1));
    }

    private static String source(String remote, List<Network> proxies, String... forwarded) {
        var request = new io.tributary.transport.http.HttpRequest(
                "POST",
                "/",
                "",
                Map.of("X-Forwarded-For", List.of(forwarded)),
                java.net.InetAddress.ofLiteral(remote),
                new byte[0]);
        return SourceAddress.of(request, proxies);
    }

    private static void assertUnauthorized(Door door, HttpResponse<String> reply, DoorRefusal why) {
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(reply.body()).contains("\"errcode\":\"M_UNAUTHORIZED\"");
        assertThat(door.counters().refusals(why)).isPositive();
        assertThat(door.grants).isEmpty();
        assertCors(reply);
    }

    private static void assertCors(HttpResponse<String> reply) {
        assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
        assertThat(reply.headers().firstValue("Access-Control-Allow-Methods")).contains("POST");
        assertThat(reply.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .startsWith("Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token");
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
    }

    private Door door(DoorSettings settings) {
        Door door = new Door(world, settings);
        opened = door;
        return door;
    }

    private static DoorSettings settings() {
        return with(FederatedPublish.NEVER, Map.of(), DoorLimits.usual(), false);
    }

    private static DoorSettings with(
            FederatedPublish publish,
            Map<io.tributary.auth.matrix.ServerName, java.net.URI> trusted,
            DoorLimits limits,
            boolean strict) {
        return new DoorSettings(
                "wss://sfu.example",
                HomeserverAllowlist.parse("example.com example.com:4434"),
                List.of(),
                publish,
                trusted,
                List.of(),
                DoorSettings.USUAL_PROXIES,
                strict,
                limits);
    }
}
