package io.tributary.transport.netty;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Lets a media thread go before the compilers, collectors and web servers that want the same core, where the kernel
/// permits it: what they do takes tens of milliseconds at a time, and packets wait.
///
/// It needs the capability `CAP_SYS_NICE` or a limit (`LimitNICE` of systemd) of 5 steps (setpriority(2)).
final class ThreadPriority {
    /// Three times the share of an ordinary thread where both want all of a core: others still get on.
    static final int NICE = -5;

    private static final int PRIO_PROCESS = 0;
    private static final int SCHED_OTHER = 0;

    /// Threads that a media thread happens to start, for a handshake perhaps, are ordinary ones (sched(7)).
    private static final int SCHED_RESET_ON_FORK = 0x4000_0000;

    private static final int SELF = 0; // the thread, not the process, on Linux

    private static final @Nullable MethodHandle SCHEDULER = Libc.find(
            "sched_setscheduler",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private static final @Nullable MethodHandle SETPRIORITY = Libc.find(
            "setpriority",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private ThreadPriority() {}

    /// Raises the calling thread's; whether the kernel did.
    static boolean raise() {
        if (SCHEDULER == null || SETPRIORITY == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameter = arena.allocateFrom(ValueLayout.JAVA_INT, 0); // SCHED_OTHER has no other
            return (int) SCHEDULER.invokeExact(SELF, SCHED_OTHER | SCHED_RESET_ON_FORK, parameter) == 0
                    && (int) SETPRIORITY.invokeExact(PRIO_PROCESS, SELF, NICE) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("a thread's priority cannot be asked for", e);
        }
    }
}
