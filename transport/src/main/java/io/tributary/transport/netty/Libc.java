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

/// Functions of the C library on 64-bit Linux, which is where they are called with the layouts that this package knows.
final class Libc {
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int MSG_DONTWAIT = 0x40;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final @Nullable MethodHandle SETSOCKOPT = find(
            "setsockopt",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));

    private static final @Nullable MethodHandle DUP =
            find("dup", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private Libc() {}

    /// Where a function that reports errors, found with [#findReporting], leaves its errno. One for each thread that
    /// calls; lives as long as somebody holds it.
    static MemorySegment callState() {
        return Arena.ofAuto().allocate(STATE);
    }

    static int errno(MemorySegment callState) {
        return (int) ERRNO.get(callState, 0L);
    }

    /// The function of this name; null where there is none (not Linux, not 64 bits).
    static @Nullable MethodHandle find(String name, FunctionDescriptor function) {
        return link(name, function);
    }

    /// As above, with a [#callState] as first argument.
    static @Nullable MethodHandle findReporting(String name, FunctionDescriptor function) {
        return link(name, function, Linker.Option.captureCallState("errno"));
    }

    /// Sets an option of one int on a socket; whether the kernel knows it.
    static boolean setOption(int socket, int level, int option, int value) {
        if (SETSOCKOPT == null) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            return (int) SETSOCKOPT.invokeExact(socket, level, option, content.address(), Integer.BYTES) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setsockopt cannot be called", e);
        }
    }

    /// Another descriptor of the same open socket; negative when there is none to be had.
    static int duplicate(int descriptor) {
        if (DUP == null) {
            return -1;
        }
        try {
            return (int) DUP.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IllegalStateException("dup cannot be called", e);
        }
    }

    @SuppressWarnings("restricted") // callers pass pointers to memory of their own, with its size
    private static @Nullable MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        if (!System.getProperty("os.name").equals("Linux") || ValueLayout.ADDRESS.byteSize() != 8) {
            return null;
        }
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> address = linker.defaultLookup().find(name);
        return address.map(found -> linker.downcallHandle(found, function, options))
                .orElse(null);
    }
}
