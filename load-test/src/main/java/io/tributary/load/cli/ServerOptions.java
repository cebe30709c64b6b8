package io.tributary.load.cli;

import io.tributary.load.call.Target;
import io.tributary.load.measure.ServerMetrics;
import io.tributary.load.measure.ServerProcess;
import io.tributary.load.measure.Session;
import io.tributary.load.media.FrameKeys;
import io.tributary.sfu.token.ApiKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server is loaded, and what is known of it.
final class ServerOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "ws://127.0.0.1:7880",
            description = "the server's signalling (default: ${DEFAULT-VALUE})")
    private URI url = URI.create("ws://127.0.0.1:7880");

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            defaultValue = "devkey",
            description = "an API key of the server (default: ${DEFAULT-VALUE})")
    private String apiKey = "";

    @Option(
            names = "--api-secret",
            paramLabel = "SECRET",
            defaultValue = "secret",
            description = "the secret of that key (default: ${DEFAULT-VALUE})")
    private String apiSecret = "";

    @Option(
            names = "--allow-remote",
            paramLabel = "ADDRESS",
            description = "an address that may be loaded although it is not a loopback address; again for more")
    private Set<String> allowed = new LinkedHashSet<>();

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            description = "the server's process on this machine, for its processor time and memory")
    private long pid;

    @Option(
            names = "--metrics-url",
            paramLabel = "URL",
            description = "where a Tributary server serves metrics, for what it allocates")
    private @Nullable URI metricsUrl;

    @Option(
            names = "--joins-per-second",
            paramLabel = "N",
            defaultValue = "20",
            description = "how fast participants join (default: ${DEFAULT-VALUE})")
    private double joinsPerSecond;

    @Option(
            names = "--verify-every",
            paramLabel = "N",
            defaultValue = "1",
            description = "decrypt and check one frame of N; the packets of the others are counted only (default: all)")
    private int verifyEvery;

    @Option(
            names = "--e2ee",
            arity = "0..1",
            paramLabel = "PASSPHRASE",
            fallbackValue = "tributary",
            description =
                    "encrypts frames end to end in LiveKit's format, and opens them again at subscribers; "
                            + "without a passphrase with ${FALLBACK-VALUE}. Costs the generator processor time, and the server none")
    private @Nullable String passphrase;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "of sizes, phases and numbers (default: ${DEFAULT-VALUE})")
    private long seed;

    Session.Server server() throws IOException {
        Set<InetAddress> addresses = new HashSet<>();
        for (String address : allowed) {
            addresses.add(InetAddress.getByName(address));
        }
        URI metrics = metricsUrl;
        return new Session.Server(
                Target.of(url, addresses),
                new ApiKeys(Map.of(apiKey, apiSecret)),
                pid == 0 ? null : new ServerProcess(pid),
                metrics == null ? null : new ServerMetrics(HttpClient.newHttpClient(), metrics));
    }

    Session.Settings settings() {
        String secret = passphrase;
        return new Session.Settings(
                Math.max(0.1, joinsPerSecond),
                Math.max(1, verifyEvery),
                seed,
                secret == null ? null : FrameKeys.of(secret));
    }
}
