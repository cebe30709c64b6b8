package io.tributary.transport.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Counts drops by reason: one loop writes, anybody reads.
///
/// @param <R> the enum whose constants are counted
public final class DropCounter<R extends Enum<R> & DropReason> {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    private final R[] reasons;
    private final long[] counts;

    public DropCounter(Class<R> reasons) {
        this.reasons = reasons.getEnumConstants();
        this.counts = new long[this.reasons.length];
    }

    /// Owning loop only.
    public void count(R reason) {
        int i = reason.ordinal();
        SLOT.setOpaque(counts, i, counts[i] + 1);
    }

    /// Any thread.
    public long counted(R reason) {
        return (long) SLOT.getOpaque(counts, reason.ordinal());
    }

    /// All reasons in order of declaration.
    public R[] reasons() {
        return reasons.clone();
    }
}
