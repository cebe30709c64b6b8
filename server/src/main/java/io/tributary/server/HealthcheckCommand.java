package io.tributary.server;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Asks a server with the same configuration, on this machine, whether it is well: for container health checks.
@Command(
        name = "healthcheck",
        description = "Asks the server with this configuration, on this machine, whether it answers.",
        mixinStandardHelpOptions = true)
final class HealthcheckCommand implements Callable<Integer> {
    /// Orchestrators give a check a few seconds.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Map<String, String> environment;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--token-service", description = "the configuration is a token service's")
    private boolean tokenService;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    HealthcheckCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InvalidConfigException, IOException, InterruptedException {
        ServerConfig config = tokenService
                ? TokenServiceCommand.read(environment, options.text()).config()
                : options.read(environment).config();
        URI url = url(config.http());
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            int status = client.send(
                            HttpRequest.newBuilder(url).timeout(PATIENCE).build(), BodyHandlers.discarding())
                    .statusCode();
            spec.commandLine().getOut().println(url + " answers " + status);
            return status == 200 ? 0 : 1;
        } catch (IOException e) {
            throw new IOException(url + " does not answer", e);
        }
    }

    /// On the address that is listened on, where it is only one.
    static URI url(ServerConfig.Http http) {
        List<InetAddress> bound = http.bindAddresses();
        boolean everywhere = bound.isEmpty() || bound.getFirst().isAnyLocalAddress();
        InetAddress address = everywhere ? InetAddress.getLoopbackAddress() : bound.getFirst();
        String host = address.getHostAddress();
        return URI.create("http://" + (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + http.port()
                + "/healthz");
    }
}
