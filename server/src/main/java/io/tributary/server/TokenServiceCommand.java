package io.tributary.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Lets Matrix users in at another LiveKit-compatible server, until it is told to stop by a signal.
@Command(
        name = "token-service",
        description = "Gives Matrix users tokens for another LiveKit-compatible server, in place of lk-jwt-service and"
                + " configured by its environment variables.",
        mixinStandardHelpOptions = true)
final class TokenServiceCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(TokenServiceCommand.class);

    private final Map<String, String> environment;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "for what there is no variable for: a file with the section `matrix`")
    private @Nullable Path file;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    TokenServiceCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InvalidConfigException, IOException, InterruptedException {
        ConfigReader.Reading reading = read(environment, file == null ? "" : Files.readString(file));
        ServerConfig config = reading.config();
        config.logLevel().apply();
        reading.warnings().forEach(log::warn);
        TokenService service = TokenService.start(config);
        Shutdown.closeOnExit(service::close);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Tributary " + Version.number() + ", token service on TCP " + service.httpPort() + " for "
                + config.matrix().map(matrix -> matrix.door().sfuUrl()).orElse("nobody"));
        out.flush();
        // Until a signal ends the process; Shutdown sees to the rest.
        new CountDownLatch(1).await();
        return 0;
    }

    /// @param yaml what there is no variable for; mostly empty
    static ConfigReader.Reading read(Map<String, String> environment, String yaml)
            throws InvalidConfigException, IOException {
        MatrixEnvironment said = MatrixEnvironment.ofTokenService(environment);
        ConfigReader.Reading reading = ConfigReader.read(yaml, said.overrides(), false);
        if (reading.config().matrix().isEmpty()) {
            throw new InvalidConfigException(List.of("LIVEKIT_URL and LIVEKIT_FULL_ACCESS_HOMESERVERS are needed, and"
                    + " LIVEKIT_KEY with LIVEKIT_SECRET, or LIVEKIT_KEY_FILE"));
        }
        return reading.and(said.warnings());
    }
}
