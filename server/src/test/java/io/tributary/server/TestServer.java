package io.tributary.server;

import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.sfu.room.EncryptionRules;
import io.tributary.sfu.router.MediaLoops;
import io.tributary.sfu.signal.Lobby;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.http.OutboundTrust;
import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.srtp.SrtpProviders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The real server on ports that were free a moment ago, with a media loop for each UDP port.
final class TestServer implements AutoCloseable {
    static final String ROOM = "kitchen";

    /// Two free neighbours are there at the first attempt, nearly always.
    private static final int MOST_ATTEMPTS = 100;

    private static final String SECRET = "a-secret-of-forty-characters-0123456789a";

    final InetAddress address;
    final List<Integer> udpPorts;
    private final Wiring.Running running;
    private final int metricsPort;

    private TestServer(InetAddress address, List<Integer> udpPorts, MatrixConfig matrix) {
        this.address = address;
        this.udpPorts = udpPorts;
        metricsPort = freeTcpPort();
        try {
            running = Wiring.start(
                    config(address, udpPorts, 0, metricsPort, matrix),
                    new MediaPlan(udpPorts, List.of(address), List.of(address)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// On the IPv4 loopback address with two media loops.
    static TestServer start() {
        return start(InetAddress.getLoopbackAddress(), 2);
    }

    static TestServer start(InetAddress address, int loops) {
        return new TestServer(address, freePorts(address, loops), usualMatrix());
    }

    /// With a Matrix door of the test's own.
    static TestServer start(DoorSettings door) {
        InetAddress address = InetAddress.getLoopbackAddress();
        return new TestServer(address, freePorts(address, 1), matrix(door));
    }

    /// Why a server does not start that should listen on these ports.
    static IOException failureOnPorts(int httpPort, int metricsPort) {
        InetAddress address = InetAddress.getLoopbackAddress();
        List<Integer> udpPorts = freePorts(address, 1);
        ServerConfig config = config(address, udpPorts, httpPort, metricsPort, usualMatrix());
        var plan = new MediaPlan(udpPorts, List.of(address), List.of(address));
        try (Wiring.Running started = Wiring.start(config, plan)) {
            throw new AssertionError("it listens on port " + started.httpPort());
        } catch (IOException e) {
            return e;
        }
    }

    private static ServerConfig config(
            InetAddress address, List<Integer> udpPorts, int httpPort, int metricsPort, MatrixConfig matrix) {
        return new ServerConfig(
                new ServerConfig.Http(httpPort, List.of(InetAddress.getLoopbackAddress())),
                new ServerConfig.Media(
                        new UdpPorts(udpPorts.getFirst(), udpPorts.getLast()),
                        List.of(address),
                        List.of(),
                        true,
                        SendPath.SEGMENTS,
                        SrtpProviders.Choice.AUTO),
                keys(),
                new ServerConfig.RoomDefaults(
                        true,
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(20),
                        0,
                        List.of(Codec.values()),
                        Duration.ofMinutes(5),
                        EncryptionRules.DEFAULTS),
                new ServerConfig.Prometheus(metricsPort, "", new ApiSecret("")),
                Optional.of(matrix),
                LogLevel.INFO);
    }

    private static MatrixConfig usualMatrix() {
        return matrix(DoorSettings.of("wss://sfu.example.org", HomeserverAllowlist.parse("example.org")));
    }

    private static MatrixConfig matrix(DoorSettings door) {
        return new MatrixConfig(door, OutboundTrust.usual(), true, Duration.ofMinutes(30));
    }

    /// By whom its tokens are signed.
    static Map<String, ApiSecret> keys() {
        return Map.of("key", new ApiSecret(SECRET));
    }

    Lobby lobby() {
        return running.lobby();
    }

    MediaLoops media() {
        return running.media();
    }

    String httpUrl() {
        return "http://127.0.0.1:" + running.httpPort();
    }

    String webSocketUrl() {
        return "ws://127.0.0.1:" + running.httpPort();
    }

    String metricsUrl() {
        return "http://127.0.0.1:" + metricsPort + MetricsRoute.PATH;
    }

    /// As the Matrix door gives them out.
    String doorToken(String identity, boolean canPublish) {
        return issuer().createAtDoor(
                        new ParticipantIdentity(identity),
                        new TokenIssuer.DoorGrant(new RoomName(ROOM), canPublish, true),
                        Map.of(),
                        System.currentTimeMillis());
    }

    /// With these grants and no identity, for administrators.
    String serviceToken(Map<String, ?> video) {
        return issuer().createForService(video, System.currentTimeMillis(), 600);
    }

    private static TokenIssuer issuer() {
        return new TokenIssuer(new ApiKeys(Map.of("key", SECRET)));
    }

    /// May do what participants may who have no special grants.
    String token(String identity) {
        return issuer().create(
                        new ParticipantIdentity(identity),
                        identity,
                        Map.of("roomJoin", true, "room", ROOM),
                        System.currentTimeMillis(),
                        3_600);
    }

    @Override
    public void close() {
        running.close();
    }

    static boolean canBind(InetAddress address) {
        try (var socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return socket.isBound();
        } catch (SocketException e) {
            return false;
        }
    }

    /// Zero, which takes any, would mean that no metrics are served.
    private static int freeTcpPort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Consecutive ports, as a configured range has them.
    private static List<Integer> freePorts(InetAddress address, int count) {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try (var first = new DatagramSocket(new InetSocketAddress(address, 0))) {
                int port = first.getLocalPort();
                if (count == 1) {
                    return List.of(port);
                }
                try (var second = new DatagramSocket(new InetSocketAddress(address, port + 1))) {
                    return List.of(port, second.getLocalPort());
                }
            } catch (SocketException | IllegalArgumentException e) {
                // The neighbour is taken: elsewhere, then.
            }
        }
        throw new IllegalStateException("no " + count + " consecutive free ports");
    }
}
