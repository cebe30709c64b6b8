package io.tributary.auth.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.auth.openid.RateLimit;
import io.tributary.auth.world.Door;
import io.tributary.auth.world.World;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What happens to too much: it waits, then it is told when to come back.
class DoorLimitsTest {
    private static final String ALICE = "@alice:example.com";
    private static final Rate PLENTY = new Rate(100_000, 100_000);

    private final World world = new World();
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void close() {
        end.countDown();
        world.close();
    }

    @Test
    void delaysByTheIntervalAndRefusesBeyondPatience() {
        var limit = new RateLimit<String>(2, 60, Duration.ofSeconds(3));

        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Granted(0));
        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Granted(0));
        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Granted(1000));
        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Granted(2000));
        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Granted(3000));
        assertThat(limit.take("a", 0)).isEqualTo(new RateLimit.Turn.Refused(4000));
        assertThat(limit.take("b", 0)).isEqualTo(new RateLimit.Turn.Granted(0));
        assertThat(limit.take("a", 1000)).isEqualTo(new RateLimit.Turn.Granted(3000));
        assertThat(limit.take("a", 60_000)).isEqualTo(new RateLimit.Turn.Granted(0));
    }

    @Test
    void letsALecturePassThatBeginsBehindOneAddress() {
        var limit = DoorLimits.usual().perSource().limit(Duration.ofSeconds(5));
        assertThat(IntStream.range(0, 500 * 5).mapToObj(_ -> limit.take("office", 0)))
                .allMatch(new RateLimit.Turn.Granted(0)::equals);
    }

    @Test
    void delaysThenRefusesOneAddress() {
        alice();
        assertDelayedThenRefused(limits(new Rate(1, 30), PLENTY, PLENTY, 5, 8), DoorRefusal.SOURCE_RATE);
    }

    @Test
    void delaysThenRefusesOneUser() {
        alice();
        assertDelayedThenRefused(limits(PLENTY, new Rate(1, 30), PLENTY, 5, 8), DoorRefusal.USER_RATE);
    }

    @Test
    void refusesOneServerButNotThoseTheOperatorNamed() {
        alice();
        world.name("b.example", "192.0.2.2")
                .server("192.0.2.2", 8448, World.homeserver("right", "@b:b.example"), "b.example");
        try (Door door = door(limits(PLENTY, PLENTY, new Rate(1, 1), 1, 8))) {
            assertThat(door.post("/sfu/get", Door.sfuGet("b.example", "wrong-1"))
                            .statusCode())
                    .isEqualTo(401);
            assertRefused(door.post("/sfu/get", Door.sfuGet("b.example", "wrong-2")));
            assertThat(door.post("/sfu/get", Door.sfuGet("example.com", "wrong-1"))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(door.post("/sfu/get", Door.sfuGet("example.com", "right"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(door.counters().refusals(DoorRefusal.SERVER_RATE)).isEqualTo(1);
        }
    }

    @Test
    void answersInTimeWhenAHomeserverIsSlow() {
        slow("slow.example", "192.0.2.9");
        try (Door door = door(DoorLimits.usual())) {
            long before = System.nanoTime();

            HttpResponse<String> reply = door.post("/sfu/get", Door.sfuGet("slow.example", "t"));

            assertThat(reply.statusCode()).isEqualTo(401);
            // The budget is ten seconds; the rest is for a machine that stands still now and then.
            assertThat(seconds(before)).isLessThan(16);
            assertThat(door.counters().refusals(DoorRefusal.SERVER_TIMEOUT)).isEqualTo(1);
        }
    }

    /// Two hundred strangers' homeservers that never answer: everybody is answered in time, and those whom the operator
    /// knows don't notice.
    @Test
    void answersInTimeBesideTwoHundredSlowVerifications() {
        alice();
        IntStream.range(0, 20).forEach(i -> world.name("slow" + i + ".example", "192.0.2." + (100 + i)));
        IntStream.range(0, 20).forEach(i -> slow("slow" + i + ".example", "192.0.2." + (100 + i)));
        try (Door door = door(limits(PLENTY, PLENTY, PLENTY, 5, 100))) {
            long before = System.nanoTime();
            List<CompletableFuture<HttpResponse<String>>> slow = IntStream.range(0, 200)
                    .mapToObj(i ->
                            door.later("POST", "/sfu/get", Door.sfuGet("slow" + i % 20 + ".example", "token-" + i)))
                    .toList();

            HttpResponse<String> known = door.post("/sfu/get", Door.sfuGet("example.com", "right"));
            double knownSeconds = seconds(before);

            assertThat(known.statusCode()).isEqualTo(200);
            assertThat(slow)
                    .allMatch(reply ->
                            Stream.of(401, 429).anyMatch(s -> s == reply.join().statusCode()));
            // As above, and two hundred handshakes of this machine's own.
            assertThat(seconds(before)).isLessThan(18);
            assertThat(knownSeconds).isLessThan(8);
        }
    }

    /// Anybody can show made-up tokens of a homeserver that the operator named. When that one hangs, the others of
    /// them still have their turns.
    @Test
    void oneNamedServerThatHangsDoesNotHoldUpTheOthers() {
        alice();
        slow("partner.example", "192.0.2.9");
        var limits = new DoorLimits(
                PLENTY,
                PLENTY,
                PLENTY,
                Duration.ofSeconds(1),
                64 << 10,
                5000,
                8,
                4,
                8,
                Duration.ofSeconds(10),
                Duration.ofSeconds(12));
        try (Door door = door("example.com partner.example", limits)) {
            var waiting = IntStream.range(0, 12)
                    .mapToObj(i -> door.later("POST", "/sfu/get", Door.sfuGet("partner.example", "made-up-" + i)))
                    .toList();
            String there = World.at("192.0.2.9", 8448);
            while (world.connects.stream().filter(there::equals).count() < 2) {
                Thread.onSpinWait();
            }

            assertThat(door.post("/sfu/get", Door.sfuGet("example.com", "right"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(waiting).isNotEmpty();
        }
    }

    @Test
    void refusesAtOnceWhatIsMoreThanItKeepsInMind() {
        slow("slow.example", "192.0.2.9");
        var limits = new DoorLimits(
                PLENTY,
                PLENTY,
                PLENTY,
                Duration.ofSeconds(1),
                64 << 10,
                1,
                8,
                8,
                8,
                Duration.ofSeconds(6),
                Duration.ofSeconds(8));
        try (Door door = door(limits)) {
            var first = door.later("POST", "/sfu/get", Door.sfuGet("slow.example", "t"));
            while (world.connects.isEmpty()) {
                Thread.onSpinWait();
            }
            assertRefused(door.post("/sfu/get", Door.sfuGet("slow.example", "u")));
            assertThat(first.join().statusCode()).isEqualTo(401);
            assertThat(door.counters().refusals(DoorRefusal.MAX_PENDING)).isEqualTo(1);
        }
    }

    /// On a clock that stands still: each of them would have to wait for two seconds more than the one before.
    @Test
    void delaysVerificationsAtOneServerBeforeItRefusesThem() {
        world.name("b.example", "192.0.2.2")
                .server("192.0.2.2", 8448, World.homeserver("right", "@b:b.example"), "b.example");
        var time = new Standstill();
        try (Door door =
                new Door(world, settings("example.com", limits(PLENTY, PLENTY, new Rate(1, 30), 5, 8)), time)) {
            for (int i = 0; i < 3; i++) {
                assertThat(door.post("/sfu/get", Door.sfuGet("b.example", "made-up-" + i))
                                .statusCode())
                        .isEqualTo(401);
            }
            assertThat(time.pausesMillis).containsExactly(2_000L, 4_000L);
            HttpResponse<String> refused = door.post("/sfu/get", Door.sfuGet("b.example", "made-up-3"));

            assertRefused(refused);
            assertThat(refused.headers().firstValue("Retry-After")).contains("6");
            assertThat(time.pausesMillis).hasSize(2);
            assertThat(door.counters().delayed(DoorRefusal.SERVER_RATE)).isEqualTo(2);
            assertThat(door.counters().refusals(DoorRefusal.SERVER_RATE)).isEqualTo(1);
        }
    }

    @Test
    void countsWaitsByTheLimitThatTheyAreFor() {
        alice();
        var time = new Standstill();
        String request = Door.getToken("example.com", "right", ALICE);
        try (Door door =
                new Door(world, settings("example.com", limits(new Rate(1, 60), PLENTY, PLENTY, 5, 8)), time)) {
            assertThat(door.post("/get_token", request).statusCode()).isEqualTo(200);
            assertThat(door.post("/get_token", request).statusCode()).isEqualTo(200);

            assertDelays(door, DoorRefusal.SOURCE_RATE);
        }
        try (Door door =
                new Door(world, settings("example.com", limits(PLENTY, new Rate(1, 60), PLENTY, 5, 8)), time)) {
            assertThat(door.post("/get_token", request).statusCode()).isEqualTo(200);
            assertThat(door.post("/get_token", request).statusCode()).isEqualTo(200);

            assertDelays(door, DoorRefusal.USER_RATE);
        }
        assertThat(time.pausesMillis).containsExactly(1_000L, 1_000L);
    }

    @Test
    void saysWhichBoundOnVerificationsUnderWayWasReached() {
        IntStream.range(0, 3).forEach(i -> slow("slow" + i + ".example", "192.0.2." + (100 + i)));
        // Of all strangers, of those that are named, of one stranger.
        var limits = outbound(2, 2, 1);
        assertCrowded(limits, DoorRefusal.MAX_OUTBOUND_PER_SERVER, "slow0.example", "slow0.example");
        assertCrowded(limits, DoorRefusal.MAX_OUTBOUND, "slow0.example", "slow1.example", "slow2.example");
        // One that is named gets half.
        slow("partner.example", "192.0.2.9");
        assertCrowded(limits, DoorRefusal.MAX_OUTBOUND_KNOWN, "partner.example", "partner.example");
        assertCrowded(outbound(2, 1, 1), DoorRefusal.MAX_OUTBOUND_KNOWN, "partner.example", "example.com");
    }

    /// The last of these homeservers is asked in vain, because the others don't answer.
    private void assertCrowded(DoorLimits limits, DoorRefusal why, String... homeservers) {
        try (Door door = door("example.com partner.example", limits)) {
            int last = homeservers.length - 1;
            List<CompletableFuture<HttpResponse<String>>> hanging = IntStream.range(0, last)
                    .mapToObj(i -> door.later("POST", "/sfu/get", Door.sfuGet(homeservers[i], "t" + i)))
                    .toList();
            until(() -> door.counters().atStrangers() + door.counters().atKnown() == last);
            assertThat(door.counters().pending()).isEqualTo(last);

            assertRefused(door.post("/sfu/get", Door.sfuGet(homeservers[last], "another")));
            assertThat(door.counters().refusals(why)).isEqualTo(1);
            assertDelays(door, why);
            assertThat(hanging).hasSize(last);
        }
    }

    private static void assertDelays(Door door, DoorRefusal only) {
        for (DoorRefusal limit : DoorCounters.DELAYING) {
            assertThat(door.counters().delayed(limit)).as("%s", limit).isEqualTo(limit == only ? 1 : 0);
        }
    }

    @Test
    void refusesNewcomersWhenTheHeapIsFull() {
        alice();
        String request = Door.getToken("example.com", "right", ALICE);
        try (Door door = door(DoorLimits.usual())) {
            door.isFull = true;
            HttpResponse<String> reply = door.post("/get_token", request);

            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(reply.headers().firstValue("Retry-After")).contains("5");
            assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
            assertThat(reply.body()).contains("M_UNKNOWN");
            assertThat(door.counters().refusals(DoorRefusal.NO_MEMORY)).isEqualTo(1);
            door.isFull = false;
            assertThat(door.post("/get_token", request).statusCode()).isEqualTo(200);
        }
    }

    /// Whom a rule names, and lets in, is no stranger; a pattern names nobody.
    @Test
    void knowsTheHomeserversThatRulesName() {
        var settings = new DoorSettings(
                "wss://sfu.example",
                HomeserverAllowlist.parse("home.example"),
                List.of(
                        rule("partner", "Partner.example:8448", Access.FULL),
                        rule("guests", "guests.example", Access.RESTRICTED),
                        rule("pattern", "*.many.example", Access.FULL),
                        rule("all", "*", Access.RESTRICTED),
                        rule("spam", "spam.example", Access.DENIED)),
                FederatedPublish.NEVER,
                Map.of(),
                List.of(),
                DoorSettings.USUAL_PROXIES,
                false,
                DoorLimits.usual());

        assertThat(settings.knownServers())
                .containsExactlyInAnyOrder(
                        ServerName.of("home.example"),
                        ServerName.of("partner.example:8448"),
                        ServerName.of("guests.example"));
    }

    private static AccessRule rule(String name, String homeserver, Access access) {
        return new AccessRule(name, homeserver, "*", "*", access, 0, 0);
    }

    /// A clock on which nothing takes time, and which takes down how long somebody wanted to wait.
    private static final class Standstill implements Timekeeper {
        final List<Long> pausesMillis = new CopyOnWriteArrayList<>();

        @Override
        public long nowMillis() {
            return 1_000_000;
        }

        @Override
        public void pause(long millis) {
            pausesMillis.add(millis);
        }
    }

    /// On a clock that stands still: the second waits for two seconds, the third for four, and six are too many.
    private void assertDelayedThenRefused(DoorLimits limits, DoorRefusal why) {
        var time = new Standstill();
        String body = Door.getToken("example.com", "right", ALICE);
        try (Door door = new Door(world, settings("example.com", limits), time)) {
            for (int i = 0; i < 3; i++) {
                assertThat(door.post("/get_token", body).statusCode()).isEqualTo(200);
            }
            assertThat(time.pausesMillis).containsExactly(2_000L, 4_000L);
            assertRefused(door.post("/get_token", body));
            assertThat(door.counters().refusals(why)).isEqualTo(1);
            assertThat(door.counters().delayed(why)).isEqualTo(2);
        }
    }

    private static void assertRefused(HttpResponse<String> reply) {
        assertThat(reply.statusCode()).isEqualTo(429);
        assertThat(reply.body()).contains("M_LIMIT_EXCEEDED").contains("retry_after_ms");
        assertThat(Integer.parseInt(reply.headers().firstValue("Retry-After").orElseThrow()))
                .isPositive();
        assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }

    private void alice() {
        world.name("example.com", "192.0.2.1")
                .server("192.0.2.1", 8448, World.homeserver("right", ALICE), "example.com");
    }

    /// A homeserver that takes every connection and says nothing.
    private void slow(String name, String address) {
        world.name(name, address);
        world.server(
                address,
                8448,
                exchange -> {
                    try {
                        end.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                },
                name);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static DoorLimits limits(Rate source, Rate user, Rate server, int patienceSeconds, int perServer) {
        return new DoorLimits(
                source,
                user,
                server,
                Duration.ofSeconds(patienceSeconds),
                64 << 10,
                5000,
                100,
                64,
                perServer,
                Duration.ofSeconds(10),
                Duration.ofSeconds(12));
    }

    private Door door(DoorLimits limits) {
        return door("example.com", limits);
    }

    private Door door(String named, DoorLimits limits) {
        return new Door(world, settings(named, limits));
    }

    /// The usual ones, for a door that knows these homeservers.
    static DoorSettings settings(String named, DoorLimits limits) {
        return new DoorSettings(
                "wss://sfu.example",
                HomeserverAllowlist.parse(named),
                List.of(),
                FederatedPublish.NEVER,
                Map.of(),
                List.of(),
                DoorSettings.USUAL_PROXIES,
                false,
                limits);
    }

    private static DoorLimits outbound(int strangers, int named, int perStranger) {
        return new DoorLimits(
                PLENTY,
                PLENTY,
                PLENTY,
                Duration.ofMillis(200),
                64 << 10,
                5000,
                strangers,
                named,
                perStranger,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30));
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
