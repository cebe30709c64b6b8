package io.tributary.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints what a firewall has to let through for a configuration, without starting anything.
@Command(
        name = "ports",
        description = "Prints the ports that a server with this configuration listens on, on this machine.",
        mixinStandardHelpOptions = true)
final class PortsCommand implements Callable<Integer> {
    private final Map<String, String> environment;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    PortsCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws InvalidConfigException, IOException {
        ServerConfig config = options.read(environment).config();
        PrintWriter out = spec.commandLine().getOut();
        out.println(config.http().port() + "/tcp  signalling, the call page");
        config.media()
                .udpPorts()
                .forLoops(Runtime.getRuntime().availableProcessors())
                .forEach(port -> out.println(port + "/udp  media"));
        out.flush();
        return 0;
    }
}
