package io.tributary.load.cli;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.ServerMemory;
import io.tributary.load.measure.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What one more idle participant and one more subscription cost, as the slope between a small call and a large one.
///
/// The two calls that subscriptions are measured with have the same publishers, so what is kept once for each track
/// cancels out; the participants that the larger one has more are taken off by the first slope.
@Command(
        name = "memory",
        description = "Tells what an idle participant and a subscription cost in memory.",
        mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
    private static final Duration SETTLE = Duration.ofSeconds(3);

    /// Until an empty room and its people are forgotten: livekit-server and Tributary keep a room for 20 s.
    private static final Duration FORGET = Duration.ofSeconds(25);

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--small",
            paramLabel = "N",
            defaultValue = "10",
            description = "participants of the small calls (default: ${DEFAULT-VALUE})")
    private int small;

    @Option(
            names = "--large",
            paramLabel = "N",
            defaultValue = "110",
            description = "participants of the large calls (default: ${DEFAULT-VALUE})")
    private int large;

    @Option(
            names = "--tracks",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "tracks that each of them subscribes to, where subscriptions are measured (default: ${DEFAULT-VALUE})")
    private int tracks;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Session.Server of = server.server();
        ServerMemory memory = of.memory();
        try (Session session = new Session(of, server.settings(), line -> {
            err.println(line);
            err.flush();
        })) {
            hold(session, memory, "audio" + tracks + "x" + large); // whatever grows once, grows now
            ServerMemory.Reading idle =
                    hold(session, memory, "idle" + large).minus(hold(session, memory, "idle" + small));
            ServerMemory.Reading listening = hold(session, memory, "audio" + tracks + "x" + large)
                    .minus(hold(session, memory, "audio" + tracks + "x" + small));
            int more = large - small;
            out.printf(Locale.ROOT, "an idle participant: %s%n", idle.over(more));
            out.printf(
                    Locale.ROOT, "a subscription: %s%n", listening.minus(idle).over((double) more * tracks));
            out.flush();
        }
        return 0;
    }

    private ServerMemory.Reading hold(Session session, ServerMemory memory, String shape)
            throws IOException, InterruptedException {
        Call call = session.open(Shape.parse(shape).orElseThrow(() -> new IOException(shape + " is too large")), 1);
        session.warmUp(call, SETTLE);
        ServerMemory.Reading reading = memory.read();
        session.end(call);
        Thread.sleep(FORGET.toMillis());
        return reading;
    }
}
