package io.tributary.load.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Loads a LiveKit-compatible server with simulated participants, and measures what it does with them.
@Command(
        name = "load-test",
        description = "Loads a LiveKit-compatible server with simulated participants, and measures.",
        mixinStandardHelpOptions = true,
        subcommands = {MeasureCommand.class, FindMaxCommand.class, MemoryCommand.class, CommandLine.HelpCommand.class})
public final class LoadTest implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    private LoadTest() {}

    public static void main(String[] args) {
        System.exit(run(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }

    /// Runs one command to its end and returns the exit status: 0 when all arrived unharmed, 1 when it did not or the
    /// run failed, 2 for a mistake on the command line.
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new LoadTest())
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(LoadTest::explain)
                .execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command?");
    }

    /// What a server or an operator did is said in a sentence; a stack trace is for our bugs.
    private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof IOException) {
            command.getErr().println("error: " + cause.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        throw failure;
    }
}
