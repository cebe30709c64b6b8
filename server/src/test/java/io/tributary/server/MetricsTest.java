package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.tributary.auth.endpoint.DoorCounters;
import io.tributary.auth.endpoint.DoorRefusal;
import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.RequestOutcome;
import io.tributary.sfu.service.TwirpCode;
import io.tributary.sfu.signal.HoldOutcome;
import io.tributary.sfu.signal.JoinRefusal;
import io.tributary.transport.io.DropReason;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What Prometheus reads from a running server.
class MetricsTest {
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    /// `name{label="value",…} number`
    private static final Pattern SAMPLE = Pattern.compile("([a-z_0-9]+(?:\\{.*})?) (\\S+)");

    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) ");

    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `([a-z_0-9]+)`");

    private static TestServer server;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void startServer() {
        server = TestServer.start();
    }

    @AfterAll
    static void closeServer() {
        server.close();
    }

    @Test
    void isWhatPrometheusReads() throws Exception {
        HttpResponse<String> reply = get(server.metricsUrl());

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(reply.body().lines())
                .allMatch(line -> line.startsWith("# ") || SAMPLE.matcher(line).matches());
    }

    @Test
    void saysWhatRunsHere() throws Exception {
        assertThat(scrape().series())
                .anyMatch(series -> series.startsWith("tributary_build_info{java=")
                        && series.contains("version=\"" + Version.number() + "\""))
                .anyMatch(series -> series.startsWith("tributary_srtp_provider_info{provider="));
    }

    /// Else a server that already answers could still refuse a scrape, or even end because its port is taken.
    @Test
    void isThereBeforeAnybodyIsAnswered() throws Exception {
        try (var http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var metrics = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(TestServer.failureOnPorts(http.getLocalPort(), metrics.getLocalPort()))
                    .hasMessageContaining(":" + metrics.getLocalPort())
                    .hasMessageContaining("in use");
        }
    }

    /// Found by looking at the classes, so that a package that begins to drop cannot forget to say so.
    @Test
    void everyReasonForADropIsThere() throws Exception {
        Set<String> series = scrape().series();
        List<Class<?>> reasons = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.tributary").stream()
                        .filter(type -> type.isEnum() && type.isAssignableTo(DropReason.class))
                        .<Class<?>>map(JavaClass::reflect)
                        .toList();

        assertThat(reasons).hasSizeGreaterThan(5);
        for (Class<?> type : reasons) {
            String area = type.getSimpleName().replace("Drop", "").toLowerCase(Locale.ROOT);
            everyConstantIsThere(series, "tributary_" + area + "_drops_total", "reason", type);
        }
    }

    @Test
    void everyOutcomeOfASignalIsThere() throws Exception {
        Set<String> series = scrape().series();

        everyConstantIsThere(series, "tributary_join_refusals_total", "reason", JoinRefusal.class);
        everyConstantIsThere(series, "tributary_departures_total", "reason", DisconnectReason.class);
        everyConstantIsThere(series, "tributary_request_answers_total", "outcome", RequestOutcome.class);
        everyConstantIsThere(series, "tributary_held_joins_total", "outcome", HoldOutcome.class);
    }

    @Test
    void everyEndOfARequestFromOutsideIsThere() throws Exception {
        Set<String> series = scrape().series();

        everyConstantIsThere(series, "tributary_door_refusals_total", "reason", DoorRefusal.class);
        everyConstantIsThere(series, "tributary_room_service_calls_total", "code", TwirpCode.class);
        for (DoorRefusal limit : DoorCounters.DELAYING) {
            assertThat(series)
                    .contains("tributary_door_delayed_total{reason=\""
                            + limit.name().toLowerCase(Locale.ROOT) + "\"}");
        }
    }

    @Test
    void everyLoopIsThere() throws Exception {
        Set<String> series = scrape().series();

        assertThat(series).contains("tributary_loop_backlog_tasks{loop=\"control\"}");
        for (int port : server.udpPorts) {
            assertThat(series)
                    .contains(
                            "tributary_loop_backlog_tasks{loop=\"media-" + port + "\"}",
                            "tributary_udp_received_packets_total{loop=\"media-" + port + "\"}",
                            "tributary_dtls_handshakes_total{loop=\"media-" + port + "\"}");
        }
    }

    @Test
    void aParticipantIsCountedWhileInTheRoom() throws Exception {
        Scrape before = scrape();
        try (var _ = SignalClient.joinWithOffer(server, "ann")) {
            Scrape during = scrape();
            assertThat(during.of("tributary_participants")).isEqualTo(before.of("tributary_participants") + 1);
            assertThat(during.of("tributary_joins_total")).isEqualTo(before.of("tributary_joins_total") + 1);
            assertThat(during.of("tributary_rooms")).isEqualTo(1);
            assertThat(during.of("tributary_websockets")).isEqualTo(1);
            assertThat(during.sum("tributary_loop_peers")).isEqualTo(before.sum("tributary_loop_peers") + 1);
        }
        // Its WebSocket broke off: whether that ends the participant is the room's business, the WebSocket is gone.
        reaches(() -> scrape().of("tributary_websockets") == 0);
    }

    @Test
    void aStrangersDatagramIsCountedWithItsReason() throws Exception {
        String series = "tributary_peer_drops_total{reason=\"unknown_address\"}";
        double before = scrape().of(series);
        byte[] rtp = new byte[200];
        rtp[0] = (byte) 0x80;
        try (var stranger = new DatagramSocket()) {
            stranger.send(new DatagramPacket(
                    rtp, rtp.length, new InetSocketAddress(server.address, server.udpPorts.getFirst())));
        }

        reaches(() -> scrape().of(series) == before + 1);
        assertThat(scrape().of("tributary_udp_received_packets_total{loop=\"media-" + server.udpPorts.getFirst()
                        + "\"}"))
                .isPositive();
    }

    @Test
    void aRefusedTokenIsCountedWithItsReason() throws Exception {
        String bad = "tributary_join_refusals_total{reason=\"bad_token\"}";
        String none = "tributary_join_refusals_total{reason=\"no_token\"}";
        Scrape before = scrape();

        knock("/rtc?access_token=not.a.token");
        knock("/rtc/v1");

        Scrape after = scrape();
        assertThat(after.of(bad)).isEqualTo(before.of(bad) + 1);
        assertThat(after.of(none)).isEqualTo(before.of(none) + 1);
        assertThat(after.of("tributary_joins_total")).isEqualTo(before.of("tributary_joins_total"));
    }

    @Test
    void theManualListsWhatIsServed() throws Exception {
        Set<String> served = new TreeSet<>();
        Matcher type = TYPE.matcher(get(server.metricsUrl()).body());
        while (type.find()) {
            served.add(type.group(1));
        }
        Set<String> documented = new TreeSet<>();
        Matcher row = DOCUMENTED.matcher(Files.readString(Repository.ROOT.resolve("docs/operations/observe.md")));
        while (row.find()) {
            documented.add(row.group(1));
        }

        assertThat(served).hasSizeGreaterThan(50);
        assertThat(documented).containsExactlyElementsOf(served);
    }

    @Test
    void isNotServedWhereAnybodyMayCall() throws Exception {
        String signalling = server.webSocketUrl().replace("ws:", "http:");

        assertThat(get(signalling + MetricsRoute.PATH).statusCode()).isEqualTo(404);
    }

    private static void everyConstantIsThere(Set<String> series, String name, String label, Class<?> type) {
        for (Object constant : type.getEnumConstants()) {
            String value = label + "=\"" + constant.toString().toLowerCase(Locale.ROOT) + "\"";
            assertThat(series)
                    .as("%s with %s of %s", name, value, type.getName())
                    .anyMatch(one -> one.startsWith(name + "{") && one.contains(value));
        }
    }

    /// Asks to join in vain.
    private static void knock(String pathAndQuery) {
        var attempt = CLIENT.newWebSocketBuilder()
                .buildAsync(URI.create(server.webSocketUrl() + pathAndQuery), new WebSocket.Listener() {});
        assertThatThrownBy(attempt::join).isInstanceOf(CompletionException.class);
    }

    private static void reaches(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
        }
    }

    private static Scrape scrape() {
        Map<String, Double> samples = new TreeMap<>();
        get(server.metricsUrl())
                .body()
                .lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::matches)
                .forEach(sample -> samples.put(sample.group(1), Double.valueOf(sample.group(2))));
        return new Scrape(samples);
    }

    /// @param samples values by name and labels
    private record Scrape(Map<String, Double> samples) {
        Set<String> series() {
            return samples.keySet();
        }

        double of(String series) {
            Double value = samples.get(series);
            if (value == null) {
                throw new AssertionError("no " + series);
            }
            return value;
        }

        /// Over all labels.
        double sum(String name) {
            return samples.entrySet().stream()
                    .filter(sample -> sample.getKey().startsWith(name + "{"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum();
        }
    }

    private static HttpResponse<String> get(String url) {
        try {
            return CLIENT.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
