package io.tributary.transport.netty;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The system call sendmmsg(2).
interface Sendmmsg {
    int EPERM = 1;
    int EINTR = Libc.EINTR;
    int EIO = 5;
    int EAGAIN = Libc.EAGAIN;
    int EINVAL = 22;
    int EMSGSIZE = 90;
    int EOPNOTSUPP = 95;
    int ENOBUFS = 105;
    int ECONNREFUSED = 111;

    /// Sends `count` messages described from the address `messages` on, without waiting.
    ///
    /// @return how many were sent, or the negative errno when not even the first was
    int send(long messages, int count);

    /// The real one on a socket of ours; null where there is none (not Linux, not 64 bits).
    static @Nullable Sendmmsg on(int socket) {
        MethodHandle call = Native.SENDMMSG;
        if (call == null) {
            return null;
        }
        MemorySegment state = Libc.callState();
        return (messages, count) -> {
            try {
                int sent = (int) call.invokeExact(state, socket, messages, count, Libc.MSG_DONTWAIT);
                return sent >= 0 ? sent : -Libc.errno(state);
            } catch (Throwable e) {
                throw new IllegalStateException("sendmmsg cannot be called", e);
            }
        };
    }

    /// Whether the kernel cuts one message to a socket into several datagrams (UDP_SEGMENT, Linux 4.18). Whether the
    /// device behind a route can is only known when it is tried.
    static boolean canSegment(int socket) {
        return Libc.setOption(socket, MessageArrays.SOL_UDP, MessageArrays.UDP_SEGMENT, 0);
    }

    /// How to reach it.
    final class Native {
        private static final @Nullable MethodHandle SENDMMSG = Libc.findReporting(
                "sendmmsg",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT));

        private Native() {}
    }
}
