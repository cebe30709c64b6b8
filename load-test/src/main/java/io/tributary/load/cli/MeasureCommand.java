package io.tributary.load.cli;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.Report;
import io.tributary.load.measure.Session;
import io.tributary.load.measure.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Holds calls of given shapes and measures each over several windows.
@Command(
        name = "measure",
        description = "Holds a call of each shape and prints what it costs the server.",
        mixinStandardHelpOptions = true)
final class MeasureCommand implements Callable<Integer> {
    /// Longer than anybody waits for a figure.
    private static final int LONGEST_SECONDS = 3600;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = "SHAPE",
            converter = ShapeConverter.class,
            description = "1x100, 4x12, audio10x50, idle50, …")
    private List<Shape> shapes = new ArrayList<>();

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "how long a call goes on before it is measured (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "how long each window is (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "1",
            description = "windows, of which the medians are printed (default: ${DEFAULT-VALUE})")
    private int repetitions;

    @Option(
            names = "--rate",
            paramLabel = "X",
            defaultValue = "1",
            description = "publishers send X times as fast as real ones (default: ${DEFAULT-VALUE})")
    private double rate;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            defaultValue = "server",
            description = "what to call the server in the table (default: ${DEFAULT-VALUE})")
    private String label = "";

    @Option(names = "--no-head", description = "prints the rows of the table only")
    private boolean noHead;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        boolean clean = true;
        if (!noHead) {
            out.print(Report.HEAD);
        }
        for (Shape shape : shapes) {
            List<Window> windows = measure(shape, err);
            out.println(Report.row(label, shape.name(), windows));
            out.flush();
            err.print(Report.warnings(windows));
            err.flush();
            clean &= windows.stream().allMatch(Window::clean);
        }
        return clean ? 0 : 1;
    }

    private List<Window> measure(Shape shape, PrintWriter err) throws IOException, InterruptedException {
        List<Window> windows = new ArrayList<>();
        try (Session session = new Session(server.server(), server.settings(), line -> {
            err.println(shape.name() + " " + line);
            err.flush();
        })) {
            Call call = session.open(shape, rate);
            session.warmUp(call, Duration.ofSeconds(Math.clamp(warmUpSeconds, 0, LONGEST_SECONDS)));
            for (int i = 0; i < Math.max(1, repetitions); i++) {
                windows.add(session.measure(call, Duration.ofSeconds(Math.clamp(seconds, 1, LONGEST_SECONDS))));
            }
            session.end(call);
        }
        return windows;
    }
}
