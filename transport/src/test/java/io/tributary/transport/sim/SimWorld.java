package io.tributary.transport.sim;

import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/// Virtual time and everything that happens in it, in one thread. Two worlds of one seed run alike.
public final class SimWorld {
    /// Time does not begin at zero, so that nobody mistakes zero for "never".
    private static final long EPOCH_MICROS = 1_000_000_000;

    private record Event(long atMicros, long order, Runnable task) {}

    private final long seed;
    private final RandomGenerator random;
    private final PriorityQueue<Event> events = new PriorityQueue<>(
            (a, b) -> a.atMicros != b.atMicros ? Long.compare(a.atMicros, b.atMicros) : Long.compare(a.order, b.order));
    private final List<SimLoop> loops = new ArrayList<>();
    private final List<Runnable> invariants = new ArrayList<>();
    private final SimNetwork network;
    private long nowMicros = EPOCH_MICROS;
    private long order;

    @Nullable
    SimLoop running;

    private SimWorld(long seed) {
        this.seed = seed;
        random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        network = new SimNetwork(this);
    }

    /// A world whose seed is `seed`, or the one of `-Dsim.seed=` when a failure is replayed.
    public static SimWorld seeded(long seed) {
        return new SimWorld(Long.getLong("sim.seed", seed));
    }

    public long seed() {
        return seed;
    }

    public long nowMicros() {
        return nowMicros;
    }

    public RandomGenerator random() {
        return random;
    }

    public SimNetwork network() {
        return network;
    }

    /// A new loop of this world.
    public SimLoop loop(String name) {
        var loop = new SimLoop(this, name);
        loops.add(loop);
        return loop;
    }

    /// Runs `task` after `delayMicros`, outside all loops.
    public void after(long delayMicros, Runnable task) {
        events.add(new Event(nowMicros + delayMicros, order++, task));
    }

    /// Runs `task` now and then every `periodMicros` as long as it returns true.
    public void every(long periodMicros, Repeating task) {
        after(0, () -> {
            if (task.again()) {
                after(periodMicros, () -> every(periodMicros, task));
            }
        });
    }

    /// Checks `invariant` after each thing that happens.
    public void always(Runnable invariant) {
        invariants.add(invariant);
    }

    public SimWorld runForMillis(long millis) {
        return runForMicros(millis * 1_000);
    }

    /// Lets everything happen that is due within `micros`. A failure names the seed.
    public SimWorld runForMicros(long micros) {
        long until = nowMicros + micros;
        try {
            while (step(until)) {
                invariants.forEach(Runnable::run);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("with -Dsim.seed=" + seed + " at " + nowMicros + " us: " + e.getMessage(), e);
        }
        nowMicros = until;
        return this;
    }

    private boolean step(long until) {
        long soonest = events.isEmpty() ? Timed.NEVER : events.peek().atMicros;
        @Nullable SimLoop due = null;
        for (SimLoop loop : loops) {
            if (loop.nextDeadlineMicros() < soonest) {
                soonest = loop.nextDeadlineMicros();
                due = loop;
            }
        }
        if (soonest > until) {
            return false;
        }
        nowMicros = Math.max(nowMicros, soonest);
        if (due != null) {
            due.runDue();
        } else {
            events.remove().task.run();
        }
        return true;
    }

    /// A task that says whether it wants to run again.
    public interface Repeating {
        boolean again();
    }
}
