package io.tributary.load.net;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The system calls that the JDK has no word for, on 64-bit Linux with glibc 2.35 or newer. One of these belongs to one
/// thread, for errno is kept in it. Each call answers what the kernel did, with a negative errno for a failure.
final class LinuxCalls {
    static final int EINTR = 4;
    static final int EAGAIN = 11;

    static final int SOL_SOCKET = 1;
    static final int SO_RCVBUF = 8;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_TIMESTAMPNS = 35;
    static final int SO_MEMINFO = 55;
    static final int SOL_UDP = 17;
    static final int UDP_GRO = 104;

    static final int EPOLLIN = 1;

    /// x86-64 packs `struct epoll_event`, the others do not.
    static final boolean PACKED_EVENTS = System.getProperty("os.arch").equals("amd64");

    static final long EVENT_BYTES = PACKED_EVENTS ? 12 : 16;
    static final long EVENT_DATA = PACKED_EVENTS ? 4 : 8;

    private static final int AF_INET = 2;
    private static final int DATAGRAM_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final int EFD_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int CLOCK_REALTIME = 0;
    private static final int SOCKADDR_BYTES = 16;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final java.lang.foreign.AddressLayout PTR = ValueLayout.ADDRESS;

    private static final MethodHandle SOCKET = call("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = call("bind", INT, INT, PTR, INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", INT, INT, PTR, PTR);
    private static final MethodHandle SETSOCKOPT = call("setsockopt", INT, INT, INT, INT, PTR, INT);
    private static final MethodHandle GETSOCKOPT = call("getsockopt", INT, INT, INT, INT, PTR, PTR);
    private static final MethodHandle CLOSE = call("close", INT, INT);
    private static final MethodHandle EPOLL_CREATE = call("epoll_create1", INT, INT);
    private static final MethodHandle EPOLL_CTL = call("epoll_ctl", INT, INT, INT, INT, PTR);
    private static final MethodHandle EPOLL_WAIT = call("epoll_pwait2", INT, INT, PTR, INT, PTR, PTR);
    private static final MethodHandle EVENTFD = call("eventfd", INT, INT, INT);
    private static final MethodHandle READ = call("read", LONG, INT, PTR, LONG);
    private static final MethodHandle WRITE = call("write", LONG, INT, PTR, LONG);
    private static final MethodHandle RECVMMSG = call("recvmmsg", INT, INT, PTR, INT, INT, PTR);
    private static final MethodHandle SENDMMSG = call("sendmmsg", INT, INT, PTR, INT, INT);
    private static final MethodHandle CLOCK_GETTIME = clock();

    private final MemorySegment state = Arena.ofAuto().allocate(STATE);
    private final MemorySegment time = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment scratch = Arena.ofAuto().allocate(64, 8);

    /// A UDP socket on an IPv4 address, port 0 for any free one.
    int udpSocket(byte[] ipv4, int port) throws IOException {
        try {
            int fd = checked("socket", (int) SOCKET.invokeExact(state, AF_INET, DATAGRAM_NONBLOCK_CLOEXEC, 0));
            sockaddr(scratch, 0, ipv4, port);
            checked("bind", (int) BIND.invokeExact(state, fd, scratch, SOCKADDR_BYTES));
            return fd;
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    int localPort(int fd) throws IOException {
        try {
            scratch.set(INT, 32, SOCKADDR_BYTES);
            checked("getsockname", (int) GETSOCKNAME.invokeExact(state, fd, scratch, scratch.asSlice(32, 4)));
            return Byte.toUnsignedInt(scratch.get(ValueLayout.JAVA_BYTE, 2)) << 8
                    | Byte.toUnsignedInt(scratch.get(ValueLayout.JAVA_BYTE, 3));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// @return false when the kernel refuses, for want of the right or of the option
    boolean option(int fd, int level, int name, int value) {
        try {
            scratch.set(INT, 0, value);
            return (int) SETSOCKOPT.invokeExact(state, fd, level, name, scratch, 4) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setsockopt cannot be called", e);
        }
    }

    /// Datagrams that the kernel threw away because the socket's buffer was full.
    long socketDrops(int fd) {
        final int drops = 8; // SK_MEMINFO_DROPS, the ninth word
        try {
            scratch.set(INT, 48, 48);
            int failed =
                    (int) GETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_MEMINFO, scratch, scratch.asSlice(48, 4));
            return failed == 0 ? Integer.toUnsignedLong(scratch.get(INT, drops * 4L)) : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("getsockopt cannot be called", e);
        }
    }

    void close(int fd) {
        try {
            var _ = (int) CLOSE.invokeExact(state, fd);
        } catch (Throwable e) {
            throw new IllegalStateException("close cannot be called", e);
        }
    }

    int epoll() throws IOException {
        try {
            return checked("epoll_create1", (int) EPOLL_CREATE.invokeExact(state, EPOLL_CLOEXEC));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// From now on events on `fd` carry `data`.
    void watch(int epoll, int fd, long data) throws IOException {
        try {
            scratch.set(ValueLayout.JAVA_INT_UNALIGNED, 0, EPOLLIN);
            scratch.set(ValueLayout.JAVA_LONG_UNALIGNED, EVENT_DATA, data);
            checked("epoll_ctl", (int) EPOLL_CTL.invokeExact(state, epoll, EPOLL_CTL_ADD, fd, scratch));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Waits until something can be read, at most `nanos`; negative waits without end.
    int await(int epoll, MemorySegment events, int capacity, long nanos) {
        try {
            MemorySegment timeout = MemorySegment.NULL;
            if (nanos >= 0) {
                time.set(LONG, 0, nanos / 1_000_000_000);
                time.set(LONG, 8, nanos % 1_000_000_000);
                timeout = time;
            }
            int ready = (int) EPOLL_WAIT.invokeExact(state, epoll, events, capacity, timeout, MemorySegment.NULL);
            return ready >= 0 ? ready : -errno();
        } catch (Throwable e) {
            throw new IllegalStateException("epoll_pwait2 cannot be called", e);
        }
    }

    int wakeup() throws IOException {
        try {
            return checked("eventfd", (int) EVENTFD.invokeExact(state, 0, EFD_NONBLOCK_CLOEXEC));
        } catch (Throwable e) {
            throw failure(e);
        }
    }

    /// Makes an eventfd readable.
    void signal(int fd) {
        try {
            scratch.set(LONG, 0, 1);
            var _ = (long) WRITE.invokeExact(state, fd, scratch, 8L);
        } catch (Throwable e) {
            throw new IllegalStateException("write cannot be called", e);
        }
    }

    void clearSignal(int fd) {
        try {
            var _ = (long) READ.invokeExact(state, fd, scratch, 8L);
        } catch (Throwable e) {
            throw new IllegalStateException("read cannot be called", e);
        }
    }

    int receive(int fd, MemorySegment messages, int count) {
        try {
            int received = (int) RECVMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT, MemorySegment.NULL);
            return received >= 0 ? received : -errno();
        } catch (Throwable e) {
            throw new IllegalStateException("recvmmsg cannot be called", e);
        }
    }

    int send(int fd, MemorySegment messages, int count) {
        try {
            int sent = (int) SENDMMSG.invokeExact(state, fd, messages, count, MSG_DONTWAIT);
            return sent >= 0 ? sent : -errno();
        } catch (Throwable e) {
            throw new IllegalStateException("sendmmsg cannot be called", e);
        }
    }

    /// The clock by which the kernel stamps what arrives, in nanoseconds since 1970.
    long realtimeNanos() {
        try {
            var _ = (int) CLOCK_GETTIME.invokeExact(CLOCK_REALTIME, time);
            return time.get(LONG, 0) * 1_000_000_000 + time.get(LONG, 8);
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime cannot be called", e);
        }
    }

    /// Writes a `struct sockaddr_in`.
    static void sockaddr(MemorySegment to, long offset, byte[] ipv4, int port) {
        to.set(ValueLayout.JAVA_SHORT, offset, (short) AF_INET);
        to.set(ValueLayout.JAVA_BYTE, offset + 2, (byte) (port >>> 8));
        to.set(ValueLayout.JAVA_BYTE, offset + 3, (byte) port);
        MemorySegment.copy(ipv4, 0, to, ValueLayout.JAVA_BYTE, offset + 4, 4);
        to.set(LONG, offset + 8, 0);
    }

    private int errno() {
        return (int) ERRNO.get(state, 0L);
    }

    private int checked(String what, int result) throws IOException {
        if (result < 0) {
            throw new IOException(what + " failed with errno " + errno());
        }
        return result;
    }

    private static IOException failure(Throwable e) {
        return e instanceof IOException io ? io : new IOException("a system call cannot be made", e);
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return downcall(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle clock() {
        return downcall("clock_gettime", FunctionDescriptor.of(INT, INT, PTR), Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted") // each is given pointers to memory of ours that is large enough
    private static MethodHandle downcall(String name, FunctionDescriptor descriptor, Linker.Option option) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup()
                .find(name)
                .map(address -> linker.downcallHandle(address, descriptor, option))
                .orElseThrow(() -> new UnsupportedOperationException(
                        "the generator needs Linux with glibc 2.35 or newer: there is no " + name + " here"));
    }
}
