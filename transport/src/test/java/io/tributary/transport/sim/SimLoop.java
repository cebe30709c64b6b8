package io.tributary.transport.sim;

import io.tributary.transport.loop.DeadlineQueue;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.loop.Timed;
import org.jspecify.annotations.Nullable;

/// A loop of a [SimWorld]. A task that throws ends the run: in a simulation nothing is swallowed.
public final class SimLoop implements Loop {
    private final SimWorld world;
    private final String name;
    private final DeadlineQueue deadlines = new DeadlineQueue();

    SimLoop(SimWorld world, String name) {
        this.world = world;
        this.name = name;
    }

    @Override
    public void post(Runnable task) {
        world.after(0, () -> run(task));
    }

    /// Runs `task` on this loop now: what a test uses to call what belongs to the loop.
    public void run(Runnable task) {
        @Nullable SimLoop before = world.running;
        world.running = this;
        try {
            task.run();
        } finally {
            world.running = before;
        }
    }

    @Override
    public boolean inLoop() {
        return world.running == this;
    }

    @Override
    public long nowMicros() {
        return world.nowMicros();
    }

    @Override
    public void watch(Timed timed) {
        assert inLoop() : name;
        deadlines.watch(timed);
    }

    @Override
    public void unwatch(Timed timed) {
        assert inLoop() : name;
        deadlines.unwatch(timed);
    }

    long nextDeadlineMicros() {
        return deadlines.nextDeadlineMicros();
    }

    void runDue() {
        run(() -> deadlines.runDue(world.nowMicros(), Timed::onDeadline));
    }

    @Override
    public String toString() {
        return name;
    }
}
