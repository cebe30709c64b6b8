package io.tributary.transport.peer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// How often pacing could not keep its word on one loop: its peers count, anybody reads. Packets that wait for their
/// slice, or need not wait, cost it nothing.
public final class PacingCounter {
    private static final VarHandle EARLY;

    static {
        try {
            EARLY = MethodHandles.lookup().findVarHandle(PacingCounter.class, "early", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long early;

    /// A packet leaves before its time, because too many wait behind it. Owning loop only.
    void leavesEarly() {
        EARLY.setOpaque(this, early + 1);
    }

    /// Packets that left before their time. Any thread.
    public long early() {
        return (long) EARLY.getOpaque(this);
    }
}
