package io.tributary.load.cli;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.Session;
import io.tributary.load.measure.Window;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Looks for the most that a server forwards without loss in one call, by letting the publishers send faster and
/// faster; then tells the forward latency at half of that.
@Command(
        name = "find-max",
        description = "Finds the largest load without loss, and the forward latency at half of it.",
        mixinStandardHelpOptions = true)
final class FindMaxCommand implements Callable<Integer> {
    private static final double HIGHEST_RATE = 256;

    /// The search ends when the answer is known to within a twentieth: repetitions differ by more.
    private static final double PRECISION = 0.05;

    /// What frames that come late may make a load fall short of what it should be.
    private static final double SHORTFALL = 0.1;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Parameters(
            index = "0",
            paramLabel = "SHAPE",
            converter = ShapeConverter.class,
            description = "1x100, 4x12, audio10x50, …")
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private Shape shape;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "how long the call goes on before the search (default: ${DEFAULT-VALUE})")
    private int warmUpSeconds;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "how long each load is held (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Session session = new Session(server.server(), server.settings(), line -> say(err, line))) {
            Call call = session.open(shape, 1);
            session.warmUp(call, Duration.ofSeconds(Math.max(0, warmUpSeconds)));
            Window ordinary = hold(session, call, 1, err);
            double good = 0;
            double bad = HIGHEST_RATE;
            double rate = 1;
            Window best = ordinary;
            boolean generatorsFault = false;
            while (bad - good > PRECISION * bad) {
                Window window = rate == 1 ? ordinary : hold(session, call, rate, err);
                double wanted = rate * ordinary.packetsPerSecond();
                boolean whole = window.clean()
                        && !window.generatorSaturated()
                        && window.packetsPerSecond() > wanted * (1 - SHORTFALL);
                if (whole) {
                    good = rate;
                    best = window;
                } else {
                    bad = rate;
                    // Unharmed but too few: they were never sent.
                    generatorsFault = window.generatorSaturated() || window.clean();
                }
                rate = bad == HIGHEST_RATE ? Math.min(good * 2, HIGHEST_RATE - 1) : (good + bad) / 2;
                if (bad < PRECISION) {
                    throw new IOException("there was loss even at a twentieth of the ordinary load");
                }
            }
            Window half = hold(session, call, good / 2, err);
            session.end(call);
            out.printf(
                    Locale.ROOT,
                    "%s: %s%,.0f packets/s without loss (%.2f times the ordinary load)%s%n",
                    shape.name(),
                    generatorsFault ? "at least " : "",
                    best.packetsPerSecond(),
                    good,
                    generatorsFault ? "; beyond it the generator could not keep up" : "");
            out.printf(
                    Locale.ROOT,
                    "at half of it, %,.0f packets/s: forward latency p50 %.0f µs, p99 %.0f µs, p99.9 %.0f µs%n",
                    half.packetsPerSecond(),
                    half.latencyMicros(50),
                    half.latencyMicros(99),
                    half.latencyMicros(99.9));
            out.flush();
        }
        return 0;
    }

    private Window hold(Session session, Call call, double rate, PrintWriter err)
            throws IOException, InterruptedException {
        call.rate(rate);
        session.warmUp(call, Duration.ofSeconds(1));
        Window window = session.measure(call, Duration.ofSeconds(Math.max(1, seconds)));
        say(
                err,
                String.format(
                        Locale.ROOT,
                        "%.2f times: %,.0f packets/s, loss %.3f %%, p99 %.0f µs, server %.0f %% and generator %.0f %% of a"
                                + " core",
                        rate,
                        window.packetsPerSecond(),
                        window.lossPercent(),
                        window.latencyMicros(99),
                        100 * window.serverShare(),
                        100 * window.generatorShare()));
        return window;
    }

    private void say(PrintWriter err, String line) {
        err.println(shape.name() + " " + line);
        err.flush();
    }
}
