package io.tributary.transport.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What the repair of losses does on one loop, in packets: its peers count, anybody reads.
public final class RepairCounters {
    /// What is counted.
    public enum Repair {
        /// Asked of a publisher, each time.
        REQUESTED,
        /// Came from a publisher as a retransmission, and was missing.
        RECOVERED,
        /// Missed from a publisher for good: asked for often enough, too old, or too many at once.
        GIVEN_UP,
        /// Asked of us by a subscriber.
        WANTED,
        /// Sent again to a subscriber.
        RESENT
    }

    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[Repair.values().length];

    /// Owning loop only.
    void add(Repair what, long packets) {
        int i = what.ordinal();
        COUNT.setOpaque(counts, i, counts[i] + packets);
    }

    /// Any thread.
    public long counted(Repair what) {
        return (long) COUNT.getOpaque(counts, what.ordinal());
    }
}
