package io.tributary.transport.netty;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.DeadlineQueue;
import io.tributary.transport.loop.MediaLoop;
import io.tributary.transport.loop.Polled;
import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A media loop: one platform thread that drives its own sockets, and all that hangs on them.
///
/// ```
///   ┌► sockets ─► polled ─► posted tasks ─► due deadlines ─► flush ─┐
///   └───── sleep until a packet, a post, a wake-up, a deadline ◄────┘
/// ```
/// The turn is driven by hand because an ordinary event loop gives tasks up to a second before it looks at its sockets
/// again, and a media socket's buffer is full long before that.
public final class NettyLoop implements MediaLoop, AutoCloseable {
    /// How the loop waits for its sockets.
    public enum Backend {
        /// Linux, natively.
        EPOLL,
        /// Anywhere, by the JDK's selector.
        NIO;

        /// The best one that works here.
        public static Backend available() {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }

        IoHandlerFactory ioHandlers() {
            return this == EPOLL ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        }
    }

    /// Tasks a turn runs before the sockets get their next look: control traffic comes in dozens, and a hundred tasks
    /// of a few microseconds stay below a millisecond.
    private static final int TASKS_PER_TURN = 128;

    private static final int MAILBOX_CHUNK = 1024;
    private static final long STALE = Long.MIN_VALUE;
    private static final long CLOSE_TIMEOUT_MILLIS = 2_000;

    private static final Logger log = LoggerFactory.getLogger(NettyLoop.class);

    private final Backend backend;
    private final Thread thread;
    private final ManualIoEventLoop io;
    private final MpscUnboundedArrayQueue<Runnable> mailbox = new MpscUnboundedArrayQueue<>(MAILBOX_CHUNK);
    private final List<Polled> polled = new ArrayList<>();
    private final List<Runnable> flushes = new ArrayList<>();
    private final DeadlineQueue deadlines = new DeadlineQueue();
    private final DeadlineQueue.Waker waker = this::wake;
    private final PacketPool packets = new PacketPool();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong turns = new AtomicLong();
    private long nowMicros = STALE;
    private volatile boolean closed;

    public NettyLoop(String name) {
        this(name, Backend.available());
    }

    public NettyLoop(String name, Backend backend) {
        this.backend = backend;
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
        io = new ManualIoEventLoop(thread, backend.ioHandlers()) {
            @Override
            protected boolean canBlock() {
                return !closed && mailbox.isEmpty() && nothingPolled();
            }
        };
    }

    public NettyLoop start() {
        thread.start();
        return this;
    }

    @Override
    public void post(Runnable task) {
        mailbox.offer(task);
        io.wakeup();
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nowMicros() {
        if (!inLoop()) {
            return clockMicros();
        }
        if (nowMicros == STALE) {
            nowMicros = clockMicros();
        }
        return nowMicros;
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

    @Override
    public void poll(Polled source) {
        assert inLoop();
        polled.add(source);
    }

    @Override
    public void unpoll(Polled source) {
        assert inLoop();
        polled.remove(source);
    }

    @Override
    public void wakeup() {
        io.wakeup();
    }

    public Backend backend() {
        return backend;
    }

    /// Where this loop's packets come from. Taken from on the loop only.
    public PacketPool packets() {
        return packets;
    }

    /// Tasks, polls, wake-ups and datagrams whose handling threw. Any thread.
    public long failures() {
        return failures.get();
    }

    /// Tasks posted and not yet run. Any thread.
    public int backlog() {
        return mailbox.size();
    }

    /// Turns taken so far. Any thread.
    public long turns() {
        return turns.get();
    }

    /// Runs what is posted, then ends the thread and its sockets; waits for that a moment.
    @Override
    public void close() {
        post(() -> closed = true);
        if (!inLoop() && thread.isAlive()) {
            try {
                thread.join(CLOSE_TIMEOUT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The loop as Netty's channels want it.
    ManualIoEventLoop io() {
        return io;
    }

    /// Calls `flush` at the end of each turn. Loop only.
    void atEndOfTurn(Runnable flush) {
        assert inLoop();
        flushes.add(flush);
    }

    void notAtEndOfTurn(Runnable flush) {
        assert inLoop();
        flushes.remove(flush);
    }

    /// Our bug, in something that hangs on this loop: counted and told, and the loop goes on.
    void failed(Throwable failure) {
        failures.incrementAndGet();
        log.error("something on loop {} failed", thread.getName(), failure);
    }

    private void run() {
        if (!ThreadPriority.raise()) {
            log.debug("{} shares its core like any other thread: no higher priority is to be had", thread.getName());
        }
        while (!closed) {
            try {
                turn();
            } catch (Throwable e) { // whatever escapes the guards below must not end the thread
                failed(e);
            }
        }
        var _ = io.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        while (!io.isTerminated()) {
            io.runNow();
        }
    }

    private void turn() {
        nowMicros = STALE; // the first to ask in this turn reads the clock, a packet's arrival at the latest
        readSockets();
        long now = nowMicros();
        for (int i = 0; i < polled.size(); i++) {
            pollGuarded(polled.get(i), now);
        }
        for (int i = 0; i < TASKS_PER_TURN; i++) {
            Runnable task = mailbox.relaxedPoll();
            if (task == null) {
                break;
            }
            runGuarded(task);
        }
        deadlines.runDue(now, waker);
        for (int i = 0; i < flushes.size(); i++) {
            runGuarded(flushes.get(i));
        }
        turns.lazySet(turns.get() + 1);
    }

    /// Reads what the sockets have; sleeps for them when there is nothing else to do.
    private void readSockets() {
        long deadlineMicros = deadlines.nextDeadlineMicros();
        if (deadlineMicros == Timed.NEVER) {
            io.run(0, 0); // 0 is without end
            return;
        }
        long waitMicros = deadlineMicros - clockMicros();
        if (waitMicros <= 0) {
            io.runNow(0);
        } else {
            io.run(TimeUnit.MICROSECONDS.toNanos(waitMicros), 0);
        }
    }

    private boolean nothingPolled() {
        for (int i = 0; i < polled.size(); i++) {
            if (polled.get(i).hasWork()) {
                return false;
            }
        }
        return true;
    }

    private void pollGuarded(Polled source, long now) {
        try {
            source.poll(now);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void wake(Timed timed, long now) {
        try {
            timed.onDeadline(now);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private static long clockMicros() {
        return System.nanoTime() / 1_000;
    }
}
