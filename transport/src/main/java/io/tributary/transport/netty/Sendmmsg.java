package io.tributary.transport.netty;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// The system call sendmmsg(2).
interface Sendmmsg {
    int EPERM = 1;
    int EINTR = 4;
    int EAGAIN = 11;
    int ENOBUFS = 105;

    /// Sends `count` messages described from `messages` on, without waiting.
    ///
    /// @return how many were sent, or the negative errno when not even the first was
    int send(MemorySegment messages, int count);

    /// The real one on a socket of ours; null where there is none (not Linux, not 64 bits).
    static @Nullable Sendmmsg on(int socket) {
        MethodHandle call = Native.SENDMMSG;
        if (call == null) {
            return null;
        }
        // Lives as long as the process's sockets do: one int per socket.
        MemorySegment state = Arena.ofAuto().allocate(Native.STATE);
        return (messages, count) -> {
            try {
                int sent = (int) call.invokeExact(state, socket, messages, count, Native.MSG_DONTWAIT);
                return sent >= 0 ? sent : -(int) Native.ERRNO.get(state, 0L);
            } catch (Throwable e) {
                throw new IllegalStateException("sendmmsg cannot be called", e);
            }
        };
    }

    /// How to reach it.
    final class Native {
        private static final int MSG_DONTWAIT = 0x40;
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
        private static final @Nullable MethodHandle SENDMMSG = find();

        private Native() {}

        @SuppressWarnings("restricted") // its own pointers, bounded by the batch
        private static @Nullable MethodHandle find() {
            if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
                return null;
            }
            Linker linker = Linker.nativeLinker();
            return linker.defaultLookup()
                    .find("sendmmsg")
                    .map(address -> linker.downcallHandle(
                            address,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.ADDRESS,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT),
                            Linker.Option.captureCallState("errno")))
                    .orElse(null);
        }
    }
}
