package io.tributary.transport.netty;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The system call recvmmsg(2).
interface Recvmmsg {
    /// Fills up to `count` messages described from the address `messages` on, without waiting.
    ///
    /// @return how many were filled, or the negative errno when not even the first was
    int receive(long messages, int count);

    /// The real one on a socket of ours; null where there is none (not Linux, not 64 bits).
    static @Nullable Recvmmsg on(int socket) {
        MethodHandle call = Native.RECVMMSG;
        if (call == null) {
            return null;
        }
        MemorySegment state = Libc.callState();
        return (messages, count) -> {
            try {
                int received = (int) call.invokeExact(state, socket, messages, count, Libc.MSG_DONTWAIT, 0L);
                return received >= 0 ? received : -Libc.errno(state);
            } catch (Throwable e) {
                throw new IllegalStateException("recvmmsg cannot be called", e);
            }
        };
    }

    /// How to reach it.
    final class Native {
        private static final @Nullable MethodHandle RECVMMSG = Libc.findReporting(
                "recvmmsg",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));

        private Native() {}
    }
}
