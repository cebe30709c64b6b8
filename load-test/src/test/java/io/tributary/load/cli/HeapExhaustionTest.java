package io.tributary.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.Session;
import io.tributary.load.measure.Window;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.web.OutboundWebSockets;
import io.tributary.transport.web.UpgradeRefusedException;
import java.io.IOException;
import java.io.OutputStream;
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
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// More people come than the server's heap has room for: those who come too late are told so, the server lives, and who
/// is in a call stays in it.
class HeapExhaustionTest {
    /// Three times what its classes and one call take.
    private static final String HEAP = "-Xmx96m";

    /// Of each newcomer, so that a hundred of them fill the heap.
    private static final int METADATA_BYTES = 100_000;

    /// Without a bound the server is dead long before.
    private static final int MOST_JOINS = 2_000;

    /// At once, to a server that refuses.
    private static final int STORM = 100;

    private static final int UPLOADS = 100;
    private static final int UPLOADED_BYTES = 2_000_000;

    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, Object> GRANT = Map.of("roomJoin", true, "canUpdateOwnMetadata", true);
    private static final long TOKEN_SECONDS = 600;

    private final HttpClient http = HttpClient.newHttpClient();
    private final OutboundWebSockets webSockets = OutboundWebSockets.open(Call.MAX_MESSAGE_BYTES);
    private final TokenIssuer issuer = new TokenIssuer(new ApiKeys(Map.of("devkey", ServedByTributary.SECRET)));
    private final String metadata = "m".repeat(METADATA_BYTES);

    @AfterEach
    void close() {
        webSockets.close();
    }

    @Test
    void refusesNewcomersBeforeTheHeapIsFullAndKeepsWhoIsThere()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        try (var server = small();
                var session = new Session(server.asServer(), new Session.Settings(20, 1, 1, null), _ -> {})) {
            Call call = session.open(Shape.parse("audio2x3").orElseThrow(), 1);
            var crowd = new TreeMap<Integer, SignalOnlyGuest>();
            UpgradeRefusedException refusal = joinUntilFull(server, crowd);

            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.header("Retry-After")).contains("5");
            storm(server);
            Window window = session.measure(call, WINDOW);
            assertThat(window.received().received).isPositive();
            assertThat(window.clean()).as("%s", window).isTrue();
            // The latest: who has no media is asked to leave after a minute.
            for (SignalOnlyGuest guest :
                    crowd.descendingMap().values().stream().limit(20).toList()) {
                assertThat(guest.ping()
                                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                                .hasPongResp())
                        .isTrue();
            }
            int last = crowd.lastKey();
            crowd.put(last, await(join(server, last, metadata))); // comes back, to its own place
            String metrics = metrics(server);
            assertThat(metrics).containsPattern("tributary_join_refusals_total\\{reason=\"no_memory\"} [1-9]");
            System.out.printf("%d participants of %d kB in %s%n", crowd.size(), METADATA_BYTES / 1_000, HEAP);

            crowd.values().forEach(SignalOnlyGuest::leave);
            joinSoonerOrLater(server).leave();
            session.end(call);
        }
    }

    /// Nobody needs a token to begin a request, and all of these together would be twice the heap.
    @Test
    void largeRequestsThatNeverEndTakeNoCallWithThem() throws IOException, InterruptedException {
        try (var server = small();
                var session = new Session(server.asServer(), new Session.Settings(20, 1, 1, null), _ -> {})) {
            Call call = session.open(Shape.parse("audio2x3").orElseThrow(), 1);
            var uploads = new ArrayList<Socket>();
            try {
                for (int i = 0; i < UPLOADS; i++) {
                    uploads.add(upload(server.port()));
                }
                Window window = session.measure(call, WINDOW);
                assertThat(window.received().received).isPositive();
                assertThat(window.clean()).as("%s", window).isTrue();
                assertThat(metrics(server)).containsPattern("tributary_http_cut_off_requests_total [1-9]");
            } finally {
                for (Socket socket : uploads) {
                    socket.close();
                }
            }
            session.end(call);
        }
    }

    private static ServedByTributary small() throws IOException, InterruptedException {
        return new ServedByTributary(
                "unlimited", "-XX:+UseZGC", HEAP, "-XX:+ExitOnOutOfMemoryError", "-XX:+UseCompactObjectHeaders");
    }

    /// As much of a request as the server takes of it.
    private static Socket upload(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        try {
            OutputStream out = socket.getOutputStream();
            out.write("POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[UPLOADED_BYTES]);
        } catch (SocketException e) {
            socket.close(); // cut off
        }
        return socket;
    }

    /// Until the server has found its heap full. Moments before it may refuse some whom it has room for.
    private UpgradeRefusedException joinUntilFull(ServedByTributary server, Map<Integer, SignalOnlyGuest> crowd)
            throws IOException, InterruptedException {
        for (int i = 0; i < MOST_JOINS; i++) {
            try {
                crowd.put(i, await(join(server, i, metadata)));
            } catch (CompletionException e) {
                if (metrics(server).contains("\ntributary_heap_refusing 1")) {
                    return refusal(e);
                }
            }
        }
        return fail("nobody was refused");
    }

    /// Whether somebody of them is let in after all is a matter of moments, and so is what a server without memory
    /// finds the time to say.
    private void storm(ServedByTributary server) {
        var attempts = new ArrayList<CompletableFuture<SignalOnlyGuest>>();
        for (int i = 0; i < STORM; i++) {
            attempts.add(join(server, MOST_JOINS + i, ""));
        }
        for (CompletableFuture<SignalOnlyGuest> attempt : attempts) {
            try {
                await(attempt).leave();
            } catch (CompletionException e) {
                is503IfAnything(e);
            }
        }
    }

    private static void is503IfAnything(CompletionException failure) {
        if (failure.getCause() instanceof UpgradeRefusedException refused) {
            assertThat(refused.status()).isEqualTo(503);
        }
    }

    private SignalOnlyGuest joinSoonerOrLater(ServedByTributary server) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return await(join(server, 2 * MOST_JOINS, ""));
            } catch (CompletionException e) {
                is503IfAnything(e);
                assertThat(System.nanoTime()).as("let in again").isLessThan(deadline);
            }
        }
    }

    /// Each in a room of their own: a new room, and news for nobody.
    private CompletableFuture<SignalOnlyGuest> join(ServedByTributary server, int number, String metadata) {
        var grant = new HashMap<>(GRANT);
        grant.put("room", "crowd-" + number);
        var identity = new ParticipantIdentity("guest-" + number);
        String token = issuer.create(identity, "", grant, System.currentTimeMillis(), TOKEN_SECONDS);
        return SignalOnlyGuest.join(
                webSockets, URI.create(server.url() + "/rtc?protocol=16&auto_subscribe=1&metadata=" + metadata), token);
    }

    private static SignalOnlyGuest await(CompletableFuture<SignalOnlyGuest> attempt) {
        return attempt.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static UpgradeRefusedException refusal(CompletionException failure) {
        if (failure.getCause() instanceof UpgradeRefusedException refused) {
            return refused;
        }
        throw failure;
    }

    private String metrics(ServedByTributary server) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(server.metricsUrl())).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
