package io.tributary.server;

import io.tributary.sfu.room.RoomSettings;
import io.tributary.sfu.signal.Lobby;
import io.tributary.sfu.signal.SignalRoute;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.dtls.BouncyDtls;
import io.tributary.transport.dtls.DtlsIdentity;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.loop.SerialLoop;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.srtp.SrtpProviders;
import io.tributary.transport.web.HttpGateway;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server that clients join as any other, and that makes recordings of what they publish: real signalling, real
/// connections, a [RecordingPlane] behind them. `scripts/record.sh` starts it, and Chromium to publish.
///
/// ```
/// RecordingServer FOLDER FILE     where recordings go, and the configuration
/// GET /record?name=N&about=TEXT   records the newest track, and answers when N.rtp.gz is written
/// ```
final class RecordingServer {
    private RecordingServer() {}

    public static void main(String[] args) throws InvalidConfigException, IOException, InterruptedException {
        Path folder = Path.of(args[0]);
        ServerConfig config = ConfigReader.read(Files.readString(Path.of(args[1])), Map.of(), false)
                .config();
        var random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        List<InetAddress> addresses = config.http().bindAddresses();
        int port = config.media().udpPorts().first();
        var loop = new NettyLoop("media").start();
        ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
        DtlsIdentity identity = DtlsIdentity.generate(random, clock.instant());
        BouncyDtls.warmUp(identity, blocking);
        var dtls = new BouncyDtls(loop, identity, blocking);
        List<IceCandidate> candidates = addresses.stream()
                .map(address -> new IceCandidate("1", 2_130_706_431, address, port))
                .toList();
        var plane = new RecordingPlane(loop, random, dtls.localFingerprint(), candidates);
        UdpShard udp = UdpShard.bind(
                loop,
                addresses.stream()
                        .map(address -> new InetSocketAddress(address, port))
                        .toList(),
                plane);
        plane.start(new PeerEnvironment(
                loop,
                loop.packets(),
                udp,
                dtls,
                SrtpProviders.choose(SrtpProviders.Choice.AUTO),
                random,
                new DropCounter<>(PeerDrop.class),
                new DropCounter<>(IceDrop.class)));

        ApiKeys keys = Wiring.keys(config);
        var lobby = new Lobby(
                new SerialLoop("control").start(),
                plane,
                random,
                clock,
                new TokenIssuer(keys),
                RoomSettings.DEFAULTS,
                Duration.ofMinutes(5),
                "ND_recorder",
                () -> true,
                event -> {});
        var routes = new Routes();
        new SignalRoute(new TokenVerifier(keys), clock, lobby).mount(routes);
        routes.exact("/", HttpRoute.of(request -> HttpReply.text(200, "OK")));
        routes.exact("/record", request -> record(plane, folder, request));
        HttpGateway.open(addresses, config.http().port(), routes);
        new CountDownLatch(1).await();
    }

    private static CompletionStage<HttpReply> record(RecordingPlane plane, Path folder, HttpRequest request) {
        String name = request.query("name").orElseThrow();
        return plane.record(request.query("about").orElseThrow()).thenApply(recording -> {
            Path file = folder.resolve(name + ".rtp.gz");
            write(recording, file);
            return HttpReply.text(200, recording.packets().size() + " packets in " + file);
        });
    }

    private static void write(Recording recording, Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            recording.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
