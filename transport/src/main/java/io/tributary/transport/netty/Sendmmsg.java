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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The system call sendmmsg(2).
interface Sendmmsg {
    int EPERM = 1;
    int EINTR = 4;
    int EIO = 5;
    int EAGAIN = 11;
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

    /// Whether the kernel cuts one message to a socket into several datagrams (UDP_SEGMENT, Linux 4.18). Whether the
    /// device behind a route can is only known when it is tried.
    static boolean canSegment(int socket) {
        MethodHandle call = Native.SETSOCKOPT;
        if (call == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment off = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            return (int) call.invokeExact(
                            socket, MessageArrays.SOL_UDP, MessageArrays.UDP_SEGMENT, off.address(), Integer.BYTES)
                    == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setsockopt cannot be called", e);
        }
    }

    /// How to reach them.
    final class Native {
        private static final int MSG_DONTWAIT = 0x40;
        private static final StructLayout STATE = Linker.Option.captureStateLayout();
        private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        private static final @Nullable MethodHandle SENDMMSG = find(
                "sendmmsg",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));

        private static final @Nullable MethodHandle SETSOCKOPT = find(
                "setsockopt",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));

        private Native() {}

        @SuppressWarnings("restricted") // its own pointers, bounded by the batch
        private static @Nullable MethodHandle find(String name, FunctionDescriptor function, Linker.Option... options) {
            if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
                return null;
            }
            Linker linker = Linker.nativeLinker();
            Optional<MemorySegment> address = linker.defaultLookup().find(name);
            return address.map(found -> linker.downcallHandle(found, function, options))
                    .orElse(null);
        }
    }
}
