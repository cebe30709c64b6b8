package io.tributary.server;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the heap from being filled by newcomers: a heap without room ends the process, and all its calls. What is left
/// when they are refused is for those who are in a call, and for coming back to it.
///
/// ```
///          in use beyond FULL, and still after a collection
///   OPEN ─────────────────────────────────────────────────► REFUSING
///     ▲                                                          │
///     └────────── in use below SPACIOUS, if need be after ───────┘
///                 a collection, one every five seconds
/// ```
/// What is in use counts garbage too, and a collector that is good at its work lets that grow: only a collection tells
/// what is live. None of the collectors says so by itself in time (ZGC's pools by generation, G1's after a full
/// collection only), so one is asked for, where there would soon be one anyway. ZGC makes it beside the calls: 70 ms
/// for 700 MB. With `-XX:+DisableExplicitGC` garbage counts as live.
///
/// Looks once a second on a thread of its own, and when somebody comes while much is in use.
final class HeapBound implements AutoCloseable {
    /// Of the heap, in use after a collection. The rest is the joins that are under way, the histories of tracks that
    /// are yet to be published by those who are in, and what a concurrent collector needs to work in.
    static final double FULL = 0.85;

    /// Where newcomers are welcome again: far enough from [#FULL] that a few of them do not lead back there.
    static final double SPACIOUS = 0.75;

    /// In use, live or not, where newcomers are refused until somebody has looked: those of one second must not take
    /// what is left.
    static final double BRINK = 0.95;

    static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    /// Between collections that are asked for while it is not known whether garbage is all that fills the heap.
    static final long COLLECT_MICROS = 1_000_000;

    /// Between those that look for what became free: they cost a fiftieth of one processor then.
    static final long COLLECT_AGAIN_MICROS = 5_000_000;

    private static final int MIB = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(HeapBound.class);

    private final LongSupplier usedBytes;
    private final long maxBytes;
    private final Runnable collect;
    private final Thread thread = Thread.ofPlatform().daemon().name("heap").unstarted(this::run);
    private volatile boolean refusing;
    private volatile double share;
    private volatile boolean closed;
    private boolean collectedOnce;
    private long collectedMicros;

    /// @param usedBytes in use now, garbage included; any thread
    /// @param collect returns when what was garbage before is gone
    HeapBound(LongSupplier usedBytes, long maxBytes, Runnable collect) {
        this.usedBytes = usedBytes;
        this.maxBytes = maxBytes;
        this.collect = collect;
    }

    /// Of this process, watched from now on.
    static HeapBound watch() {
        Runtime runtime = Runtime.getRuntime();
        var bound = new HeapBound(
                () -> runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                ManagementFactory.getMemoryMXBean()::gc);
        bound.thread.start();
        return bound;
    }

    /// Whether there is room for somebody, or some room, that was not there before. Any thread.
    boolean admits() {
        if (refusing) {
            return false;
        }
        long used = usedBytes.getAsLong();
        if (used > FULL * maxBytes) {
            LockSupport.unpark(thread); // to look now
        }
        return used < BRINK * maxBytes;
    }

    /// Of the heap, in use when it was last looked at: after a collection, where there was one. Any thread.
    double share() {
        return share;
    }

    boolean refusing() {
        return refusing;
    }

    void look(long nowMicros) {
        double most = refusing ? SPACIOUS : FULL;
        double used = used();
        if (used > most && mayCollect(nowMicros)) {
            collect.run();
            collectedOnce = true;
            collectedMicros = nowMicros;
            used = used();
            if (used > most && !refusing) {
                refusing = true;
                warn(used);
            }
        }
        share = used;
        if (used <= most && refusing) {
            refusing = false;
            log.info("heap: {} % in use, newcomers are let in again", percent(used));
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            look(TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
            LockSupport.parkNanos(this, LOOK_INTERVAL.toNanos());
        }
    }

    private boolean mayCollect(long nowMicros) {
        long interval = refusing ? COLLECT_AGAIN_MICROS : COLLECT_MICROS;
        return !collectedOnce || nowMicros - collectedMicros >= interval;
    }

    private double used() {
        return (double) usedBytes.getAsLong() / maxBytes;
    }

    private void warn(double used) {
        log.warn(
                "heap: {} % of {} MiB are in use after a collection. Calls go on; whoever is new is refused with 503"
                        + " until it is {} %. If this is no attack, give the server more memory: TRIBUTARY_HEAP, or -Xmx",
                percent(used), maxBytes / MIB, percent(SPACIOUS));
    }

    private static long percent(double share) {
        return Math.round(share * 100);
    }
}
