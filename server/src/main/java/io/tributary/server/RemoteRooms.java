package io.tributary.server;

import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.access.RoomPlan;
import io.tributary.sfu.service.RoomServiceCalls;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.http.OutboundTrust;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// The rooms of another LiveKit-compatible server, asked over Twirp as lk-jwt-service asks.
final class RemoteRooms implements RoomAdmission, AutoCloseable {
    /// The server is the operator's own, and whoever asks for a token is waiting.
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    /// Long enough for clocks that are not exact.
    private static final long TOKEN_SECONDS = 600;

    /// Of a stranger's answer, in a log.
    private static final int LONGEST_EXCERPT = 200;

    private final String base;
    private final TokenIssuer issuer;
    private final InstantSource clock;
    private final HttpClient client;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();

    /// @param sfuUrl as clients use it: `wss://sfu.example.org/path`
    RemoteRooms(String sfuUrl, TokenIssuer issuer, InstantSource clock, OutboundTrust trust, Executor executor) {
        this.base = httpBase(sfuUrl);
        this.issuer = issuer;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .sslContext(TrustedCertificates.context(trust))
                .executor(executor)
                .build();
    }

    /// A ws URL where HTTP is spoken.
    static String httpBase(String sfuUrl) {
        URI url = URI.create(sfuUrl);
        boolean secure = Set.of("wss", "https").contains(url.getScheme().toLowerCase(Locale.ROOT));
        String rest = sfuUrl.substring(sfuUrl.indexOf("://"));
        while (rest.endsWith("/")) {
            rest = rest.substring(0, rest.length() - 1);
        }
        return (secure ? "https" : "http") + rest;
    }

    long calls() {
        return calls.get();
    }

    /// Calls that were not answered with success.
    long failures() {
        return failures.get();
    }

    @Override
    public CompletionStage<Outcome> ensure(RoomPlan plan) {
        return call(
                        RoomServiceCalls.CREATE_ROOM_PATH,
                        Map.of("roomCreate", true),
                        RoomServiceCalls.createRoom(OwnRooms.order(plan)),
                        _ -> Set.of())
                .thenApply(answer -> switch (answer) {
                    case Answer.Good _ -> new Outcome.Ready();
                    case Answer.Bad(String reason) -> new Outcome.Failed(reason);
                });
    }

    @Override
    public CompletionStage<Set<String>> alive(Collection<String> names) {
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        return call(
                        RoomServiceCalls.LIST_ROOMS_PATH,
                        Map.of("roomList", true),
                        RoomServiceCalls.listRooms(names),
                        RoomServiceCalls::roomNames)
                .thenApply(answer -> switch (answer) {
                    case Answer.Good(Set<String> rooms) -> rooms;
                    case Answer.Bad(String reason) -> throw new IllegalStateException(reason);
                });
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private sealed interface Answer {
        /// @param rooms named in it
        record Good(Set<String> rooms) implements Answer {}

        /// @param reason for the log; holds no token
        record Bad(String reason) implements Answer {}
    }

    private CompletionStage<Answer> call(
            String path, Map<String, Boolean> grants, byte[] body, Function<byte[], Set<String>> read) {
        calls.incrementAndGet();
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(TIMEOUT)
                .header("Content-Type", RoomServiceCalls.CONTENT_TYPE)
                .header("Authorization", "Bearer " + issuer.createForService(grants, clock.millis(), TOKEN_SECONDS))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.sendAsync(request, BodyHandlers.ofByteArray())
                .handle((response, failure) ->
                        failure == null ? answer(response, read) : new Answer.Bad(reason(failure)))
                .whenComplete((answer, _) -> {
                    if (answer instanceof Answer.Bad) {
                        failures.incrementAndGet();
                    }
                });
    }

    private Answer answer(HttpResponse<byte[]> response, Function<byte[], Set<String>> read) {
        if (response.statusCode() == 200) {
            return new Answer.Good(read.apply(response.body()));
        }
        String text = new String(response.body(), StandardCharsets.UTF_8).replaceAll("[^\\x20-\\x7e]", " ");
        return new Answer.Bad("the SFU at " + base + " answered " + response.statusCode() + ": "
                + text.substring(0, Math.min(text.length(), LONGEST_EXCERPT)));
    }

    private String reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return "the SFU at " + base + " cannot be asked: " + cause;
    }
}
