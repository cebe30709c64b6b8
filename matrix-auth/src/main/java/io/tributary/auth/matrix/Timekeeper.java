package io.tributary.auth.matrix;

/// A clock that only goes forward, and waiting on it. Any thread.
public interface Timekeeper {
    /// Since some moment in the past; what somebody does to the machine's clock makes no difference.
    long nowMillis();

    /// Blocks the calling thread, which is a virtual one.
    void pause(long millis) throws InterruptedException;
}
