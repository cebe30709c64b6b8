package io.tributary.auth.matrix;

import static io.tributary.auth.world.World.homeserver;
import static io.tributary.auth.world.World.text;
import static io.tributary.auth.world.World.wellKnown;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.auth.matrix.HomeserverClient.UserInfo;
import io.tributary.auth.world.World;
import io.tributary.transport.http.ServiceRecord;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Each form of a server's name and of what it delegates to, over real TLS: who is connected to, what SNI and Host say,
/// and which certificate counts.
class ServerDiscoveryTest {
    private static final String IP = "192.0.2.1";
    private static final String OTHER = "192.0.2.2";
    private static final String IP6 = "2001:db8::7";
    private static final String USERINFO = "/_matrix/federation/v1/openid/userinfo";
    private static final String WELL_KNOWN = "/.well-known/matrix/server";

    private final World world = new World();
    private final Map<ServerName, URI> trusted = new java.util.HashMap<>();
    private List<Network> allowed = List.of();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void asksAnAddressAtTheFederationPortWithACertificateForIt() {
        world.server(IP, 8448, homeserver("t", "@a:" + IP), IP);

        assertThat(subject(IP)).isEqualTo("@a:" + IP);
        assertSeen(IP, 8448, "", IP);
    }

    @Test
    void asksAnAddressAtItsPort() {
        world.server(IP, 4433, homeserver("t", "@a:x"), IP);

        assertThat(subject(IP + ":4433")).isEqualTo("@a:x");
        assertSeen(IP, 4433, "", IP + ":4433");
    }

    @Test
    void asksAnIpv6Address() {
        world.server(IP6, 8448, homeserver("t", "@a:x"), IP6);

        assertThat(subject("[" + IP6 + "]")).isEqualTo("@a:x");
        assertSeen(IP6, 8448, "", "[" + IP6 + "]");
    }

    @Test
    void refusesACertificateThatNamesAnAddressAsAName() {
        world.server(IP, 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(trouble(IP)).isEqualTo(ServerTrouble.CERTIFICATE);
    }

    @Test
    void asksANameAtItsPortWithoutWellKnown() {
        world.name("a.example", IP).server(IP, 4433, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example:4433")).isEqualTo("@a:x");
        assertSeen(IP, 4433, "a.example", "a.example:4433");
        assertThat(world.connects).hasSize(1);
    }

    @Test
    void followsWellKnownToAnAddress() {
        delegate(OTHER);
        world.server(OTHER, 8448, homeserver("t", "@a:x"), OTHER);

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 8448, "", OTHER);
    }

    @Test
    void followsWellKnownToAnAddressWithAPort() {
        delegate("[" + IP6 + "]:4433");
        world.server(IP6, 4433, homeserver("t", "@a:x"), IP6);

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(IP6, 4433, "", "[" + IP6 + "]:4433");
    }

    @Test
    void followsWellKnownToANameWithAPort() {
        delegate("hs.example:4433");
        world.name("hs.example", OTHER).server(OTHER, 4433, homeserver("t", "@a:x"), "hs.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 4433, "hs.example", "hs.example:4433");
    }

    @Test
    void followsWellKnownToTheServiceRecordOfTheDelegate() {
        delegate("hs.example");
        world.service("_matrix-fed._tcp.hs.example", new ServiceRecord(10, 5, 4433, "machine.example"))
                .service("_matrix._tcp.hs.example", new ServiceRecord(10, 5, 4444, "old.example"))
                .name("machine.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "hs.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 4433, "hs.example", "hs.example");
    }

    @Test
    void followsWellKnownToTheOlderServiceRecordOfTheDelegate() {
        delegate("hs.example");
        world.service("_matrix._tcp.hs.example", new ServiceRecord(10, 5, 4433, "machine.example"))
                .name("machine.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "hs.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 4433, "hs.example", "hs.example");
    }

    @Test
    void followsWellKnownToTheFederationPortOfTheDelegate() {
        delegate("hs.example");
        world.name("hs.example", OTHER).server(OTHER, 8448, homeserver("t", "@a:x"), "hs.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 8448, "hs.example", "hs.example");
    }

    @Test
    void asksForNoSecondDelegation() {
        delegate("hs.example");
        world.name("hs.example", OTHER)
                .server(OTHER, 443, wellKnown("elsewhere.example"), "hs.example")
                .server(OTHER, 8448, homeserver("t", "@a:x"), "hs.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertThat(world.asked(WELL_KNOWN)).isEqualTo(1);
    }

    @Test
    void asksTheServiceRecordsOfANameWithoutWellKnown() {
        world.service("_matrix-fed._tcp.a.example", new ServiceRecord(10, 5, 4433, "machine.example"))
                .name("machine.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 4433, "a.example", "a.example");
    }

    @Test
    void asksTheOlderServiceRecordsAfterThose() {
        world.service("_matrix._tcp.a.example", new ServiceRecord(10, 5, 4433, "machine.example"))
                .name("machine.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(OTHER, 4433, "a.example", "a.example");
    }

    @Test
    void asksTheFederationPortWhenThereIsNothingElse() {
        world.name("a.example", IP).server(IP, 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertSeen(IP, 8448, "a.example", "a.example");
    }

    @Test
    void refusesACertificateForTheTargetOfAServiceRecord() {
        world.service("_matrix-fed._tcp.a.example", new ServiceRecord(10, 5, 4433, "machine.example"))
                .name("machine.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "machine.example");

        assertThat(trouble("a.example")).isEqualTo(ServerTrouble.CERTIFICATE);
    }

    @Test
    void refusesACertificateForTheNameBeforeDelegation() {
        delegate("hs.example");
        world.name("hs.example", OTHER).server(OTHER, 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(trouble("a.example")).isEqualTo(ServerTrouble.CERTIFICATE);
    }

    @Test
    void triesServiceRecordsByPriorityUntilSomebodyIsThere() {
        world.service(
                        "_matrix-fed._tcp.a.example",
                        new ServiceRecord(20, 0, 4433, "second.example"),
                        new ServiceRecord(10, 0, 4433, "first.example"))
                .name("first.example", IP)
                .name("second.example", OTHER)
                .server(OTHER, 4433, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
        assertThat(world.connects).containsExactly(World.at(IP, 4433), World.at(OTHER, 4433));
    }

    @Test
    void takesADotForDecidedlyNotThere() {
        world.service("_matrix-fed._tcp.a.example", new ServiceRecord(0, 0, 0, ""))
                .name("a.example", IP)
                .server(IP, 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(trouble("a.example")).isEqualTo(ServerTrouble.NOT_FOUND);
    }

    @Test
    void triesTheNextAddressWhenNobodyIsAtTheFirst() {
        world.name("a.example", IP, OTHER).server(OTHER, 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
    }

    @Test
    void goesOnWithoutAWellKnownThatIsTooLong() {
        assertFallsBack(text(WELL_KNOWN, 200, "{\"m.server\":\"evil.example\",\"x\":\"" + "y".repeat(60_000) + "\"}"));
    }

    @Test
    void goesOnWithoutAWellKnownThatIsNoJson() {
        assertFallsBack(text(WELL_KNOWN, 200, "<html>"));
        assertFallsBack(text(WELL_KNOWN, 200, "[]"));
        assertFallsBack(text(WELL_KNOWN, 200, "{\"m.server\":7}"));
        assertFallsBack(text(WELL_KNOWN, 200, "{\"m.server\":\"http://x/\"}"));
    }

    @Test
    void goesOnWithoutAWellKnownThatRedirectsForEver() {
        assertFallsBack(text(WELL_KNOWN, 302, "", "Location", "https://a.example" + WELL_KNOWN));
        assertThat(world.asked(WELL_KNOWN)).isEqualTo(4);
    }

    @Test
    void goesOnWithoutAWellKnownThatFails() {
        assertFallsBack(text(WELL_KNOWN, 500, "{\"m.server\":\"evil.example\"}"));
    }

    @Test
    void followsARedirectOfWellKnown() {
        world.name("a.example", IP)
                .name("www.a.example", OTHER)
                .server(IP, 443, text(WELL_KNOWN, 301, "", "Location", "https://www.a.example/there?x=1"), "a.example")
                .server(OTHER, 443, text("/there", 200, "{\"m.server\":\"" + OTHER + ":4433\"}"), "www.a.example")
                .server(OTHER, 4433, homeserver("t", "@a:x"), OTHER);

        assertThat(subject("a.example")).isEqualTo("@a:x");
    }

    @Test
    void followsNoRedirectToPlainHttpNorToLoopback() {
        assertFallsBack(text(WELL_KNOWN, 302, "", "Location", "http://www.a.example/x"));
        assertFallsBack(text(WELL_KNOWN, 302, "", "Location", "https://127.0.0.1/x"));
        assertFallsBack(text(WELL_KNOWN, 302, "", "Location", "https://[::ffff:127.0.0.1]/x"));
        assertThat(world.connects).noneMatch(at -> at.startsWith("[127"));
    }

    @Test
    void followsNoRedirectOfUserInfo() {
        world.name("a.example", IP)
                .server(IP, 4433, text(USERINFO, 302, "", "Location", "https://192.0.2.9/x"), "a.example");

        assertThat(trouble("a.example:4433")).isEqualTo(ServerTrouble.ANSWER);
        assertThat(world.connects).hasSize(1);
    }

    @Test
    void neverConnectsToAddressesThatAreNotPublic() {
        for (String address :
                List.of("127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1")) {
            world.name("a.example", address);
            assertThat(trouble("a.example:4433")).as(address).isEqualTo(ServerTrouble.NOT_ALLOWED);
        }
        assertThat(trouble("127.0.0.1:4433")).isEqualTo(ServerTrouble.NOT_ALLOWED);
        assertThat(trouble("[::1]")).isEqualTo(ServerTrouble.NOT_ALLOWED);
        assertThat(trouble("a.example:22")).isEqualTo(ServerTrouble.NOT_ALLOWED);
        assertThat(world.connects).isEmpty();
    }

    @Test
    void neverConnectsToTheDelegateOrTargetThatIsNotPublic() {
        delegate("hs.example:8448");
        world.name("hs.example", "10.0.0.1");
        world.service("_matrix-fed._tcp.b.example", new ServiceRecord(0, 0, 8448, "inside.example"))
                .name("inside.example", "192.168.1.1");

        assertThat(trouble("a.example")).isEqualTo(ServerTrouble.NOT_ALLOWED);
        assertThat(trouble("b.example")).isEqualTo(ServerTrouble.NOT_ALLOWED);
        assertThat(world.connects).noneMatch(at -> at.startsWith("[10,") || at.startsWith("[-64, -88"));
    }

    @Test
    void connectsToTheCheckedAddressOfAMixedAnswerAlone() {
        world.name("a.example", "127.0.0.1", IP).server(IP, 4433, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example:4433")).isEqualTo("@a:x");
        assertThat(world.connects).containsExactly(World.at(IP, 4433));
    }

    /// DNS rebinding: public when it is checked, loopback a moment later. There is no second look.
    @Test
    void looksANameUpOnceForCheckingAndConnecting() {
        int[] lookups = new int[1];
        world.server(IP, 4433, homeserver("t", "@a:x"), "a.example");
        var rebinding = new io.tributary.transport.http.NameLookup() {
            @Override
            public java.util.concurrent.CompletionStage<List<java.net.InetAddress>> addresses(String n, Scope s) {
                String literal = lookups[0]++ == 0 ? IP : "127.0.0.1";
                return java.util.concurrent.CompletableFuture.completedFuture(
                        List.of(java.net.InetAddress.ofLiteral(literal)));
            }

            @Override
            public java.util.concurrent.CompletionStage<List<ServiceRecord>> services(String name) {
                return java.util.concurrent.CompletableFuture.completedFuture(List.of());
            }
        };
        var discovery = new ServerDiscovery(
                world, rebinding, new AddressRules(List.of()), Map.of(), world.blocking, World.CLOCK, new Random(1));

        UserInfo info = new HomeserverClient(discovery).userInfo(ServerName.of("a.example:4433"), "t", deadline());

        assertThat(info).isEqualTo(new UserInfo.Subject("@a:x"));
        assertThat(lookups[0]).isEqualTo(1);
    }

    @Test
    void asksATrustedServerWhereTheOperatorSays() {
        trusted.put(ServerName.of("a.example"), URI.create("https://synapse.internal:4433/hs/"));
        world.name("synapse.internal", "10.0.0.5")
                .server(
                        "10.0.0.5",
                        4433,
                        text("/hs" + USERINFO, 200, "{\"sub\":\"@a:a.example\"}"),
                        "synapse.internal");

        assertThat(subject("a.example")).isEqualTo("@a:a.example");
        assertThat(world.connects).containsExactly(World.at("10.0.0.5", 4433));
    }

    @Test
    void connectsToPrivateNetworksThatTheOperatorAllows() {
        allowed = List.of(Network.of("10.0.0.0/8"));
        world.name("a.example", "10.0.0.5").server("10.0.0.5", 8448, homeserver("t", "@a:x"), "a.example");

        assertThat(subject("a.example")).isEqualTo("@a:x");
    }

    @Test
    void remembersWellKnownAsLongAsItSays() {
        world.name("a.example", IP)
                .server(
                        IP,
                        443,
                        text(WELL_KNOWN, 200, "{\"m.server\":\"hs.example\"}", "Cache-Control", "public, max-age=7200"),
                        "a.example");
        ServerDiscovery discovery = discovery();

        discovery.find(ServerName.of("a.example"), deadline());
        discovery.find(ServerName.of("a.example"), deadline());

        assertThat(world.asked(WELL_KNOWN)).isEqualTo(1);
        assertThat(discovery.wellKnown().secondsUntilStale("a.example").orElseThrow())
                .isBetween(6400, 7200);
    }

    @Test
    void remembersThatThereIsNone() {
        world.name("a.example", IP).server(IP, 443, text("/", 200, ""), "a.example");
        ServerDiscovery discovery = discovery();

        discovery.find(ServerName.of("a.example"), deadline());
        discovery.find(ServerName.of("a.example"), deadline());

        assertThat(world.asked(WELL_KNOWN)).isEqualTo(1);
        assertThat(discovery.wellKnown().secondsUntilStale("a.example").orElseThrow())
                .isBetween(3200, 3600);
    }

    /// An answer counts, also that there is nothing any longer; that nobody answers does not.
    @Test
    void followsWellKnownWhileNobodyAnswersAndNoLongerWhenItIsGone() {
        var status = new AtomicInteger(200);
        delegates(status);
        var time = new Later();
        ServerDiscovery discovery = discovery(time);
        assertThat(port(discovery, time)).isEqualTo(4433);

        time.pass(Duration.ofHours(25));
        status.set(500);
        assertThat(port(discovery, time)).isEqualTo(4433);
        assertThat(world.asked(WELL_KNOWN)).isEqualTo(2);

        time.pass(Duration.ofMinutes(3));
        status.set(404);
        assertThat(port(discovery, time)).isEqualTo(8448);
        // It may be back in a moment, so that is asked soon.
        assertThat(discovery.wellKnown().secondsUntilStale("a.example").orElseThrow())
                .isBetween(60, 120);

        time.pass(Duration.ofMinutes(3));
        assertThat(port(discovery, time)).isEqualTo(8448);
        assertThat(discovery.wellKnown().secondsUntilStale("a.example").orElseThrow())
                .isBetween(3200, 3600);
        status.set(500);
        time.pass(Duration.ofHours(1));
        assertThat(port(discovery, time)).isEqualTo(8448);
    }

    /// One bad moment is over soon; who never answers is asked less and less often.
    @Test
    void asksAgainSoonAfterTroubleAndLaterWhenItLasts() {
        var status = new AtomicInteger(500);
        delegates(status);
        var time = new Later();
        ServerDiscovery discovery = discovery(time);
        for (int seconds : new int[] {8, 16, 32, 64, 128, 128}) {
            assertThat(port(discovery, time)).isEqualTo(8448);
            assertThat(discovery.wellKnown().secondsUntilStale("a.example").orElseThrow())
                    .isBetween(seconds * 9 / 10 - 1, seconds);
            time.pass(Duration.ofSeconds(seconds));
        }

        status.set(200);
        assertThat(port(discovery, time)).isEqualTo(4433);
    }

    /// After two days without an answer what was good once has had its time.
    @Test
    void followsAWellKnownThatNobodyConfirmsForTwoDaysAtMost() {
        var status = new AtomicInteger(200);
        delegates(status);
        var time = new Later();
        ServerDiscovery discovery = discovery(time);
        assertThat(port(discovery, time)).isEqualTo(4433);

        status.set(500);
        time.pass(Duration.ofHours(47));
        assertThat(port(discovery, time)).isEqualTo(4433);
        time.pass(Duration.ofHours(2));
        assertThat(port(discovery, time)).isEqualTo(8448);
    }

    /// `a.example` answers with this status, and delegates in the body whatever it is.
    private void delegates(AtomicInteger status) {
        world.name("a.example", IP)
                .server(
                        IP,
                        443,
                        exchange -> text(WELL_KNOWN, status.get(), "{\"m.server\":\"" + OTHER + ":4433\"}")
                                .handle(exchange),
                        "a.example");
    }

    /// A clock that can be put forward.
    private static final class Later implements Timekeeper {
        private final AtomicLong passedMillis = new AtomicLong();

        void pass(Duration time) {
            passedMillis.addAndGet(time.toMillis());
        }

        @Override
        public long nowMillis() {
            return World.CLOCK.nowMillis() + passedMillis.get();
        }

        @Override
        public void pause(long millis) {
            throw new AssertionError("discovery waits for answers only");
        }
    }

    /// Where `a.example` would be asked.
    private static int port(ServerDiscovery discovery, Timekeeper time) {
        Discovery found = discovery.find(ServerName.of("a.example"), Deadline.in(Duration.ofSeconds(30), time));
        assertThat(found).isInstanceOf(Discovery.Found.class);
        return ((Discovery.Found) found).destinations().getFirst().port();
    }

    private void delegate(String to) {
        world.name("a.example", IP).server(IP, 443, wellKnown(to), "a.example");
    }

    /// A well-known that says nothing usable leads to port 8448 of the name itself.
    private void assertFallsBack(com.sun.net.httpserver.HttpHandler wellKnown) {
        world.name("a.example", IP)
                .name("www.a.example", IP)
                .server(IP, 443, wellKnown, "a.example")
                .server(IP, 8448, homeserver("t", "@a:x"), "a.example");
        assertThat(subject("a.example")).isEqualTo("@a:x");
    }

    private void assertSeen(String address, int port, String sni, String host) {
        assertThat(world.seen)
                .filteredOn(one -> one.path().startsWith(USERINFO))
                .containsExactly(new World.Seen(World.at(address, port), sni, host, USERINFO + "?access_token=t"));
    }

    private String subject(String server) {
        UserInfo info = ask(server);
        assertThat(info).isInstanceOf(UserInfo.Subject.class);
        return ((UserInfo.Subject) info).value();
    }

    private ServerTrouble trouble(String server) {
        UserInfo info = ask(server);
        assertThat(info).isInstanceOf(UserInfo.Troubled.class);
        return ((UserInfo.Troubled) info).trouble();
    }

    private UserInfo ask(String server) {
        return new HomeserverClient(discovery()).userInfo(ServerName.of(server), "t", deadline());
    }

    private ServerDiscovery discovery() {
        return discovery(World.CLOCK);
    }

    private ServerDiscovery discovery(Timekeeper time) {
        return new ServerDiscovery(
                world, world, new AddressRules(allowed), trusted, world.blocking, time, new Random(1));
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(30), World.CLOCK);
    }
}
