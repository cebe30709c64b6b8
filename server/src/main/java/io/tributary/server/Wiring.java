package io.tributary.server;

import io.tributary.auth.endpoint.TokenDoor;
import io.tributary.sfu.room.RoomSettings;
import io.tributary.sfu.router.DatagramInlet;
import io.tributary.sfu.router.MediaLoops;
import io.tributary.sfu.router.MediaShard;
import io.tributary.sfu.service.RoomService;
import io.tributary.sfu.signal.Lobby;
import io.tributary.sfu.signal.SignalRoute;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.dtls.BouncyDtls;
import io.tributary.transport.dtls.DtlsIdentity;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.loop.SerialLoop;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpProviders;
import io.tributary.transport.web.GatewayCounters;
import io.tributary.transport.web.HttpGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The only place that knows every module: plain `new`, read top to bottom.
final class Wiring {
    private static final Logger log = LoggerFactory.getLogger(Wiring.class);

    /// Goodbyes are written within milliseconds; a client that does not read them is cut off.
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private Wiring() {}

    static Running start(ServerConfig config, MediaPlan plan) throws IOException {
        var open = new ArrayDeque<AutoCloseable>();
        try {
            return start(config, plan, open);
        } catch (IOException | RuntimeException e) {
            closeAll(open);
            throw e;
        }
    }

    private static Running start(ServerConfig config, MediaPlan plan, Deque<AutoCloseable> open) throws IOException {
        InstantSource clock = InstantSource.system();
        var random = new SecureRandom();

        SrtpCipherProvider ciphers = SrtpProviders.choose(config.media().ciphers());
        ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
        open.push(blocking::shutdownNow);
        DtlsIdentity identity = DtlsIdentity.generate(random, clock.instant());
        BouncyDtls.warmUp(identity, blocking);
        var loops = new ArrayList<Metrics.Loop>();
        var dtls = new LinkedHashMap<Loop, BouncyDtls>();
        for (int port : plan.ports()) {
            Metrics.Loop loop = loop(plan, port, config.media().send(), identity, blocking, open);
            loops.add(loop);
            dtls.put(loop.loop(), loop.dtls());
        }
        var media = new MediaLoops(
                loops.stream().map(Metrics.Loop::shard).toList(),
                loop -> Objects.requireNonNull(dtls.get(loop)),
                ciphers,
                random);

        HeapBound heap = HeapBound.watch();
        open.push(heap);
        SerialLoop control = new SerialLoop("control").start();
        open.push(control);
        ApiKeys keys = keys(config);
        var issuer = new TokenIssuer(keys);
        var lobby = new Lobby(
                control,
                media,
                random,
                clock,
                issuer,
                roomSettings(config),
                config.rooms().tokenRefreshInterval(),
                nodeId(random),
                heap::admits,
                event -> log.debug("{}", event));

        var verifier = new TokenVerifier(keys);
        var service = new RoomService(lobby.administration(), verifier, clock);
        Optional<TokenDoor> door = config.matrix()
                .map(matrix -> DoorWiring.open(
                        matrix,
                        new OwnRooms(lobby.administration()),
                        issuer,
                        heap::admits,
                        clock,
                        blocking,
                        random,
                        open));
        var routes = new Routes();
        new SignalRoute(verifier, clock, lobby).mount(routes);
        service.mount(routes);
        door.ifPresent(one -> one.mount(routes));
        new CallRoutes(issuer, clock, random).mount(routes, config.hasWellKnownKey());
        routes.exact("/", HttpRoute.of(request -> HttpReply.text(200, "OK")));
        routes.exact("/healthz", HttpRoute.of(TokenDoor::health));
        List<InetAddress> addresses = addresses(config);
        var requests = new GatewayCounters();
        if (config.prometheus().isServed()) {
            var metrics = new Metrics(blocking);
            metrics.bindBuild(Version.number());
            metrics.bindCiphers(ciphers.name());
            metrics.bindHeap(heap);
            metrics.bindRooms(lobby);
            metrics.bindRoomService(service);
            door.ifPresent(one -> metrics.bindDoor(one.counters()));
            metrics.bindControl(control);
            metrics.bindLoops(loops, media);
            metrics.bindHttp(requests);
            open.push(serve(metrics, config.prometheus(), addresses));
        }
        // Last: whoever is answered here may count on everything else.
        HttpGateway http = HttpGateway.open(addresses, config.http().port(), routes, requests);
        open.push(http);
        return new Running(http, ciphers, media, lobby, open);
    }

    /// One media loop with its sockets, a socket for each address, so that answers leave by the address that was
    /// asked.
    private static Metrics.Loop loop(
            MediaPlan plan,
            int port,
            UdpShard.SendPath send,
            DtlsIdentity identity,
            Executor blocking,
            Deque<AutoCloseable> open)
            throws IOException {
        String name = "media-" + port;
        NettyLoop loop = new NettyLoop(name).start();
        open.push(loop);
        var inlet = new DatagramInlet();
        List<InetSocketAddress> addresses = plan.bindAddresses().stream()
                .map(address -> new InetSocketAddress(address, port))
                .toList();
        UdpShard udp = UdpShard.bind(loop, addresses, inlet, send);
        open.push(udp);
        var candidates = new ArrayList<IceCandidate>();
        for (InetAddress address : plan.candidateAddresses()) {
            candidates.add(candidate(address, port, candidates.size()));
        }
        var shard = new MediaShard(loop, loop.packets(), udp, candidates, inlet);
        return new Metrics.Loop(name, loop, shard, udp, new BouncyDtls(loop, identity, blocking));
    }

    /// On a port of their own, because who may call need not see them.
    static HttpGateway serve(Metrics metrics, ServerConfig.Prometheus access, List<InetAddress> addresses)
            throws IOException {
        var routes = new Routes();
        routes.exact(MetricsRoute.PATH, new MetricsRoute(metrics::scrape, access));
        return HttpGateway.open(addresses, access.port(), routes);
    }

    /// RFC 8445 §5.1.2.1: type preference 126 for host candidates, earlier addresses preferred, component 1.
    private static IceCandidate candidate(InetAddress address, int port, int index) {
        long priority = (126L << 24) | ((65_535L - index) << 8) | 255;
        return new IceCandidate(Integer.toString(index + 1), priority, address, port);
    }

    static ApiKeys keys(ServerConfig config) {
        Map<String, String> secrets = new LinkedHashMap<>();
        config.keys().forEach((key, secret) -> secrets.put(key, secret.value()));
        return new ApiKeys(secrets);
    }

    /// What HTTP listens on.
    static List<InetAddress> addresses(ServerConfig config) throws IOException {
        return config.http().bindAddresses().isEmpty()
                ? List.of(InetAddress.getByName("::"))
                : config.http().bindAddresses();
    }

    private static RoomSettings roomSettings(ServerConfig config) {
        ServerConfig.RoomDefaults rooms = config.rooms();
        return new RoomSettings(
                rooms.autoCreate(),
                Math.toIntExact(rooms.emptyTimeout().toSeconds()),
                Math.toIntExact(rooms.departureTimeout().toSeconds()),
                rooms.maxParticipants(),
                0,
                config.matrix()
                        .map(matrix -> Math.toIntExact(matrix.firstUse().toSeconds()))
                        .orElse(RoomSettings.DEFAULTS.firstUseSeconds()),
                rooms.encryption(),
                rooms.enabledCodecs());
    }

    private static String nodeId(SecureRandom random) {
        return "ND_" + Long.toUnsignedString(random.nextLong() >>> 4, 36);
    }

    /// Closes in reverse order of opening.
    static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                log.warn("closing failed", e);
            }
        }
    }

    /// What was started, with the doors that administration and counters use.
    record Running(
            HttpGateway http, SrtpCipherProvider ciphers, MediaLoops media, Lobby lobby, Deque<AutoCloseable> open)
            implements RunningServer {
        @Override
        public int httpPort() {
            return http.port();
        }

        @Override
        public String cryptoProvider() {
            return ciphers.name();
        }

        @Override
        public boolean hasCallPage() {
            return CallRoutes.hasPage();
        }

        @Override
        public void close() {
            try {
                lobby.shutdown().toCompletableFuture().get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException e) {
                log.warn("not everybody was told to leave", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            closeAll(open);
        }
    }
}
