package io.tributary.transport.loop;

/// Something that wants to be woken: it says when, and its loop calls it then.
public interface Timed {
    /// What [#nextDeadlineMicros] returns when nothing is due, ever.
    long NEVER = Long.MAX_VALUE;

    /// When to call [#onDeadline], in the loop's micros; [#NEVER] when idle. A loop asks again after each wake-up and
    /// whenever [Loop#watch] is called.
    long nextDeadlineMicros();

    /// Called on the loop at or after the deadline. May be called early; an early call must be harmless.
    void onDeadline(long nowMicros);
}
