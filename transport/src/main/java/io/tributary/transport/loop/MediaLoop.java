package io.tributary.transport.loop;

/// A loop that packets arrive on. One turn is: read sockets, what is [Polled], posted tasks, due deadlines, then
/// everything that was sent goes out at once.
public interface MediaLoop extends Loop {
    /// Asks `polled` once a turn, in the order of registration. Loop only.
    void poll(Polled polled);

    /// Stops asking; harmless when it isn't asked. Loop only.
    void unpoll(Polled polled);

    /// Makes a sleeping loop take a turn soon. Any thread; cheap while the loop is awake, and many calls between two
    /// turns cost one system call together. Whoever fills a queue that this loop polls calls it afterwards.
    void wakeup();
}
