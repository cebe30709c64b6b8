package io.tributary.transport.loop;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A loop on a platform thread of its own that sleeps between tasks: the control plane's.
///
/// Its queue has no bound of its own: everything that posts to it (a session, a media loop, a timer) is bounded where
/// it
/// stands, and refusing a room's own decision half-way would corrupt the room. [#backlog] is exported.
public final class SerialLoop implements Loop, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SerialLoop.class);

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final DeadlineQueue deadlines = new DeadlineQueue();
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    public SerialLoop(String name) {
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    public SerialLoop start() {
        thread.start();
        return this;
    }

    @Override
    public void post(Runnable task) {
        tasks.add(task);
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nowMicros() {
        return System.nanoTime() / 1_000;
    }

    @Override
    public void watch(Timed timed) {
        assert inLoop();
        deadlines.watch(timed);
    }

    @Override
    public void unwatch(Timed timed) {
        assert inLoop();
        deadlines.unwatch(timed);
    }

    /// Tasks waiting. Any thread.
    public int backlog() {
        return tasks.size();
    }

    /// Tasks and wake-ups that threw. Any thread.
    public long failures() {
        return failures.get();
    }

    /// Runs what is queued, then ends the thread; waits for it up to a second.
    @Override
    public void close() {
        post(() -> closed = true);
        if (!inLoop()) {
            try {
                thread.join(1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (!closed) {
            try {
                @Nullable Runnable task = next();
                if (task != null) {
                    guarded(task);
                }
                deadlines.runDue(nowMicros(), (timed, nowMicros) -> guarded(() -> timed.onDeadline(nowMicros)));
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    private @Nullable Runnable next() throws InterruptedException {
        long deadlineMicros = deadlines.nextDeadlineMicros();
        if (deadlineMicros == Timed.NEVER) {
            return tasks.take();
        }
        return tasks.poll(Math.max(0, deadlineMicros - nowMicros()), TimeUnit.MICROSECONDS);
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // nobody else would run this loop's tasks
            failures.incrementAndGet();
            log.error("a task of loop {} failed", thread.getName(), e);
        }
    }
}
