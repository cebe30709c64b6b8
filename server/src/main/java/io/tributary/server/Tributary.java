package io.tributary.server;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line: `tributary COMMAND …`. Without a command it serves, as `livekit-server --config FILE` does.
@Command(
        name = "tributary",
        description = "Conferencing for unmodified LiveKit clients, end-to-end encrypted.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = CommandLine.HelpCommand.class,
        footer = {"", "Without a command, tributary serves; `tributary help COMMAND` tells more."})
final class Tributary implements Runnable {
    private final CommandLine commandLine;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    /// @param start brings a configured server up
    /// @param environment variables by name
    /// @param random for keys
    /// @param time for the validity of tokens
    Tributary(RunningServer.Start start, Map<String, String> environment, SecureRandom random, InstantSource time) {
        commandLine = new CommandLine(this)
                .addSubcommand(new ServeCommand(start, environment))
                .addSubcommand(new TokenServiceCommand(environment))
                .addSubcommand(new HealthcheckCommand(environment))
                .addSubcommand(new CreateTokenCommand(environment, time))
                .addSubcommand(new GenerateKeysCommand(random))
                .addSubcommand(new PortsCommand(environment))
                .addSubcommand(new FramesCommand(random))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(Tributary::explain);
    }

    /// Runs one command to its end and returns the exit status: 0 done, 1 failed, 2 asked for something that is not
    /// allowed.
    int run(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        boolean asksAboutItself = words.stream().anyMatch(List.of("-h", "--help", "-V", "--version")::contains);
        if (words.isEmpty() || (words.getFirst().startsWith("-") && !asksAboutItself)) {
            words.addFirst("serve");
        }
        return commandLine.execute(words.toArray(String[]::new));
    }

    /// For tests.
    CommandLine commandLine() {
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /// What is the operator's to put right is said in a sentence; a stack trace is for our bugs.
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        return switch (failure) {
            case InvalidConfigException invalid -> {
                invalid.problems().forEach(problem -> command.getErr().println("error: " + problem));
                yield CommandLine.ExitCode.USAGE;
            }
            case IOException io -> {
                command.getErr().println("error: " + io.getMessage());
                yield CommandLine.ExitCode.SOFTWARE;
            }
            default -> throw failure;
        };
    }
}
