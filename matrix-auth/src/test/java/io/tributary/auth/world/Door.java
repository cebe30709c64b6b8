package io.tributary.auth.world;

import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.access.RoomPlan;
import io.tributary.auth.access.TokenGrant;
import io.tributary.auth.access.TokenMinter;
import io.tributary.auth.endpoint.DoorCounters;
import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.auth.endpoint.TokenDoor;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.web.HttpGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/// The door on a real port, in front of an SFU that takes down what is asked of it.
public final class Door implements RoomAdmission, TokenMinter, AutoCloseable {
    public final List<RoomPlan> plans = new CopyOnWriteArrayList<>();
    public final List<TokenGrant> grants = new CopyOnWriteArrayList<>();

    /// Rooms that were made and are gone again.
    public final Set<String> gone = new HashSet<>();

    public boolean sfuFails;
    public volatile boolean isFull;
    private final HttpGateway gateway;
    private final TokenDoor door;
    private final HttpClient http = HttpClient.newHttpClient();

    public Door(World world, DoorSettings settings) {
        this(world, settings, World.CLOCK);
    }

    public Door(World world, DoorSettings settings, Timekeeper time) {
        door = new TokenDoor(
                settings,
                settings.policy(),
                this,
                this,
                () -> !isFull,
                world,
                world,
                world.blocking,
                time,
                new Random(7));
        var routes = new Routes();
        door.mount(routes);
        routes.exact("/healthz", HttpRoute.of(TokenDoor::health));
        try {
            gateway = HttpGateway.open(List.of(InetAddress.getLoopbackAddress()), 0, routes);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public DoorCounters counters() {
        return door.counters();
    }

    public int port() {
        return gateway.port();
    }

    public HttpResponse<String> post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    public HttpResponse<String> send(String method, String path, String body, String... headers) {
        return later(method, path, body, headers).join();
    }

    public CompletableFuture<HttpResponse<String>> later(String method, String path, String body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.port() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /// A request to `/get_token` of Alice's.
    public static String getToken(String server, String token, String user) {
        return """
                {"room_id":"!room:example.com","slot_id":"m.call#ROOM",
                 "openid_token":{"access_token":"%s","token_type":"Bearer","matrix_server_name":"%s","expires_in":3600},
                 "member":{"id":"memberABC","claimed_user_id":"%s","claimed_device_id":"DEVICE123"}}
                """.formatted(token, server, user);
    }

    /// A request to `/sfu/get`.
    public static String sfuGet(String server, String token) {
        return """
                {"room":"!room:example.com","device_id":"DEVICE123",
                 "openid_token":{"access_token":"%s","token_type":"Bearer","matrix_server_name":"%s","expires_in":3600}}
                """.formatted(token, server);
    }

    @Override
    public CompletionStage<RoomAdmission.Outcome> ensure(RoomPlan plan) {
        plans.add(plan);
        return CompletableFuture.completedFuture(
                sfuFails ? new RoomAdmission.Outcome.Failed("down") : new RoomAdmission.Outcome.Ready());
    }

    @Override
    public CompletionStage<Set<String>> alive(Collection<String> rooms) {
        Set<String> alive = new HashSet<>(rooms);
        alive.removeAll(gone);
        return CompletableFuture.completedFuture(alive);
    }

    @Override
    public String mint(TokenGrant grant) {
        grants.add(grant);
        return "jwt-" + grants.size();
    }

    @Override
    public void close() {
        http.shutdownNow();
        gateway.close(Duration.ofMillis(100));
    }
}
