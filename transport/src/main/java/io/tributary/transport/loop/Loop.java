package io.tributary.transport.loop;

/// One thread that owns things. What lives on a loop is touched by it alone, so nothing on it needs a lock.
public interface Loop {
    /// Runs `task` on this loop soon, after everything posted before it. Any thread. A task that throws is counted and
    /// logged and does not stop the loop.
    void post(Runnable task);

    /// Whether the caller is on this loop.
    boolean inLoop();

    /// Monotonic time in microseconds; zero means nothing. On the loop itself the value is read once a turn.
    long nowMicros();

    /// Starts watching `timed`, or reads its deadline anew. Loop only.
    void watch(Timed timed);

    /// Stops watching `timed`; harmless when it is not watched. Loop only.
    void unwatch(Timed timed);
}
