package io.tributary.load.measure;

import com.sun.management.OperatingSystemMXBean;
import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.call.Target;
import io.tributary.load.media.FrameKeys;
import io.tributary.load.media.Tally;
import io.tributary.load.net.ClientLoop;
import io.tributary.load.peer.PeerFactory;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.transport.web.OutboundWebSockets;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A generator and the server it loads: opens calls, and measures over a span of time.
public final class Session implements AutoCloseable {
    /// How to reach the server and how to look at it.
    ///
    /// @param process null where only its address is known
    /// @param metrics null where it serves none
    public record Server(
            Target target,
            ApiKeys keys,
            @Nullable ServerProcess process,
            @Nullable ServerMetrics metrics) {
        /// @throws IOException when the process is not known
        public ServerMemory memory() throws IOException {
            ServerProcess known = process;
            if (known == null) {
                throw new IOException("memory is that of a process on this machine: name it with --server-pid");
            }
            return new ServerMemory(known.pid(), known, metrics != null);
        }
    }

    /// @param verifyEvery decrypt and check one frame of so many
    /// @param frameKeys what frames are encrypted with end to end; null for none
    public record Settings(
            double joinsPerSecond,
            int verifyEvery,
            long seed,
            @Nullable FrameKeys frameKeys) {}

    private static final Duration READY_SLACK = Duration.ofSeconds(30);
    private static final long TICK_MILLIS = 100;
    private static final double NANOS = 1e9;

    private final Server server;
    private final Settings settings;
    private final Consumer<String> progress;
    private final ClientLoop loop;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final OutboundWebSockets webSockets = OutboundWebSockets.open(Call.MAX_MESSAGE_BYTES);
    private final Random random;
    private final OperatingSystemMXBean self = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// @param progress hears how far things are, a line at a time
    public Session(Server server, Settings settings, Consumer<String> progress) throws IOException {
        this.server = server;
        this.settings = settings;
        this.progress = progress;
        random = new Random(settings.seed());
        loop = new ClientLoop("generator").start();
    }

    /// Lets everybody join and waits until everything flows.
    ///
    /// @param rate how many times as fast as real ones the publishers send
    /// @throws IOException saying how far it came when it doesn't
    public Call open(Shape shape, double rate) throws IOException, InterruptedException {
        PeerFactory peers = new PeerFactory(loop, server.target().local(), random, blocking);
        String room = "load-" + shape.name() + "-" + Long.toHexString(random.nextLong());
        Call.Plan plan = new Call.Plan(
                server.target(),
                room,
                shape,
                settings.joinsPerSecond(),
                rate,
                settings.verifyEvery(),
                settings.frameKeys());
        Call call = new Call(loop, webSockets, peers, server.keys(), plan, random);
        call.start();
        long seconds = (long) (shape.roles().size() / settings.joinsPerSecond()) + READY_SLACK.toSeconds();
        long start = System.nanoTime();
        long told = start;
        while (!call.ready().isDone()) {
            Thread.sleep(TICK_MILLIS);
            long now = System.nanoTime();
            if (now - start > seconds * NANOS) {
                Call.Progress reached = call.progress();
                call.stop();
                throw new IOException("after " + seconds + " s only " + reached.connected() + " of "
                        + reached.participants() + " participants are connected and " + reached.flowing() + " of "
                        + reached.subscriptions() + " subscribed tracks flow");
            }
            if (now - told > 2 * NANOS) {
                told = now;
                Call.Progress reached = call.progress();
                progress.accept("joining: " + reached.connected() + "/" + reached.participants() + " connected, "
                        + reached.flowing() + "/" + reached.subscriptions() + " tracks flow");
            }
        }
        String broken = call.broken().getNow("");
        if (!broken.isEmpty()) {
            call.stop();
            throw new IOException(broken);
        }
        return call;
    }

    /// Lets a call go on unmeasured, so that compilers and caches are warm.
    public void warmUp(Call call, Duration span) throws IOException, InterruptedException {
        rest(call, span, "warming up");
    }

    /// Measures for `span`.
    public Window measure(Call call, Duration span) throws IOException, InterruptedException {
        Moment before = moment(call);
        rest(call, span, "measuring");
        return between(before, moment(call));
    }

    /// Ends the call and gives the server a moment to notice.
    public void end(Call call) throws InterruptedException {
        call.stop();
        Thread.sleep(TICK_MILLIS * 5);
    }

    @Override
    public void close() {
        loop.close();
        webSockets.close();
        blocking.shutdownNow();
    }

    private void rest(Call call, Duration span, String doing) throws IOException, InterruptedException {
        long end = System.nanoTime() + span.toNanos();
        long tellNanos = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < end) {
            Thread.sleep(Math.clamp((end - System.nanoTime()) / 1_000_000, 1, TICK_MILLIS));
            String broken = call.broken().getNow("");
            if (!broken.isEmpty()) {
                throw new IOException(broken);
            }
            if (System.nanoTime() > tellNanos) {
                tellNanos += 10_000_000_000L;
                progress.accept(doing + ": " + (end - System.nanoTime()) / 1_000_000_000L + " s to go");
            }
        }
    }

    private record Moment(
            long nanos,
            Tally tally,
            long published,
            long overruns,
            long refused,
            long skipped,
            ServerProcess.@Nullable CpuTime cpu,
            OptionalDouble allocated,
            long ownCpuNanos,
            long residentBytes) {}

    private Moment moment(Call call) throws IOException {
        ServerMetrics metrics = server.metrics();
        ServerProcess process = server.process();
        OptionalDouble allocated = metrics == null ? OptionalDouble.empty() : metrics.allocatedBytes();
        return new Moment(
                System.nanoTime(),
                onLoop(() -> {
                    Tally now = call.tally().copy();
                    call.tally().latency.reset();
                    return now;
                }),
                onLoop(call::published),
                onLoop(call::overruns),
                onLoop(loop::refused),
                onLoop(call::skipped),
                process == null ? null : process.cpuTime(),
                allocated,
                self.getProcessCpuTime(),
                process == null ? 0 : process.residentBytes());
    }

    private static Window between(Moment before, Moment after) {
        double seconds = (after.nanos - before.nanos) / NANOS;
        Tally received = after.tally.since(before.tally);
        double packets = Math.max(1, received.received);
        OptionalDouble user = OptionalDouble.empty();
        OptionalDouble system = OptionalDouble.empty();
        double serverShare = 0;
        ServerProcess.CpuTime earlier = before.cpu;
        ServerProcess.CpuTime later = after.cpu;
        if (earlier != null && later != null) {
            ServerProcess.CpuTime spent = later.since(earlier);
            user = OptionalDouble.of(spent.userNanos() / 1e3 / packets);
            system = OptionalDouble.of(spent.systemNanos() / 1e3 / packets);
            serverShare = spent.nanos() / NANOS / seconds;
        }
        OptionalDouble allocated = before.allocated.isEmpty() || after.allocated.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of((after.allocated.getAsDouble() - before.allocated.getAsDouble()) / packets);
        return new Window(
                seconds,
                received,
                after.published - before.published,
                user,
                system,
                allocated,
                serverShare,
                (after.ownCpuNanos - before.ownCpuNanos) / NANOS / seconds,
                after.overruns - before.overruns,
                after.refused - before.refused,
                after.skipped - before.skipped,
                after.residentBytes);
    }

    private <T> T onLoop(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
                throw e;
            }
        });
        return answer.join();
    }
}
