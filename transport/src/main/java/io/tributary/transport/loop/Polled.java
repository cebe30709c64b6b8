package io.tributary.transport.loop;

/// A source of work that a loop looks at each turn rather than being told of each piece: the far end of a ring that
/// another loop fills.
public interface Polled {
    /// Whether [#poll] would find something. Asked on the loop just before it sleeps; a fill that this misses must be
    /// followed by [MediaLoop#wakeup].
    boolean hasWork();

    /// Does a bounded part of what is there; the rest waits for the next turn, behind the sockets.
    void poll(long nowMicros);
}
