package io.tributary.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Runs a server until it is told to stop by a signal.
@Command(
        name = "serve",
        description = "Runs a server. Without any option it is one for trying things out: a well-known key,"
                + " nothing stored.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

    private final RunningServer.Start start;
    private final Map<String, String> environment;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    ServeCommand(RunningServer.Start start, Map<String, String> environment) {
        this.start = start;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InvalidConfigException, IOException, InterruptedException {
        ConfigReader.Reading reading = options.read(environment);
        ServerConfig config = reading.config();
        config.logLevel().apply();
        reading.warnings().forEach(log::warn);
        MediaPlan media = MediaPlan.of(
                config.media(),
                LocalAddress.ofThisMachine(),
                Runtime.getRuntime().availableProcessors());
        RunningServer server = start.start(config, media);
        Shutdown.closeOnExit(server::close);
        PrintWriter out = spec.commandLine().getOut();
        out.print(Banner.text(Version.number(), config, media, server));
        out.flush();
        // Until a signal ends the process; Shutdown sees to the rest.
        new CountDownLatch(1).await();
        return 0;
    }
}
