package io.tributary.server;

import io.tributary.auth.endpoint.TokenDoor;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.web.GatewayCounters;
import io.tributary.transport.web.HttpGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The Matrix door alone, in front of another LiveKit-compatible server.
final class TokenService implements AutoCloseable {
    private final HttpGateway http;
    private final Deque<AutoCloseable> open;

    private TokenService(HttpGateway http, Deque<AutoCloseable> open) {
        this.http = http;
        this.open = open;
    }

    /// @throws IOException when something cannot be opened; nothing is left open then
    static TokenService start(ServerConfig config) throws IOException {
        var open = new ArrayDeque<AutoCloseable>();
        try {
            return start(config, open);
        } catch (IOException | RuntimeException e) {
            Wiring.closeAll(open);
            throw e;
        }
    }

    private static TokenService start(ServerConfig config, Deque<AutoCloseable> open) throws IOException {
        MatrixConfig matrix = config.matrix()
                .orElseThrow(() -> new IllegalStateException("a token service for nobody was configured"));
        InstantSource clock = InstantSource.system();
        ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
        open.push(blocking::shutdownNow);
        var issuer = new TokenIssuer(Wiring.keys(config));
        var rooms = new RemoteRooms(matrix.door().sfuUrl(), issuer, clock, matrix.trust(), blocking);
        open.push(rooms);
        HeapBound heap = HeapBound.watch();
        open.push(heap);
        TokenDoor door =
                DoorWiring.open(matrix, rooms, issuer, heap::admits, clock, blocking, new SecureRandom(), open);

        var routes = new Routes();
        door.mount(routes);
        HttpRoute healthy = HttpRoute.of(TokenDoor::health);
        routes.exact("/healthz", healthy);
        List<InetAddress> addresses = Wiring.addresses(config);
        var requests = new GatewayCounters();
        if (config.prometheus().isServed()) {
            var metrics = new Metrics(blocking);
            metrics.bindBuild(Version.number());
            metrics.bindHeap(heap);
            metrics.bindHttp(requests);
            metrics.bindDoor(door.counters());
            metrics.bindRemoteRooms(rooms);
            open.push(Wiring.serve(metrics, config.prometheus(), addresses));
        }
        // Last: whoever is answered here may count on everything else.
        HttpGateway http = HttpGateway.open(addresses, config.http().port(), routes, requests);
        open.push(http);
        return new TokenService(http, open);
    }

    /// The port that is really listened on.
    int httpPort() {
        return http.port();
    }

    @Override
    public void close() {
        Wiring.closeAll(open);
    }
}
