package io.tributary.transport.netty;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a socket's datagrams by recvmmsg(2), many for each system call, those that the kernel has joined (UDP_GRO)
/// too, and makes no garbage of them.
///
/// It waits for them on a duplicate of the socket's descriptor, which the loop watches; nobody else should read the
/// socket. Loop only.
final class RecvmmsgReader implements EpollIoHandle {
    /// Messages filled by one call, and all that one socket gets in one turn. Each may be of many datagrams.
    static final int BATCH = 64;

    /// A message of joined datagrams is at most an IP packet (65,535 bytes).
    static final int SLOT_BYTES = 65_536;

    /// Slots apart by an odd number of cache lines, so that their beginnings don't share the few places in the cache
    /// that addresses 4096 bytes apart have.
    private static final int SLOT_STRIDE = SLOT_BYTES + 3 * 64;

    static final int UDP_GRO = 104;
    static final int MSG_TRUNC = 0x20;
    static final int FLAGS = 48; // of struct msghdr

    private static final int ADDRESS_BYTES = 32;
    private static final Logger log = LoggerFactory.getLogger(RecvmmsgReader.class);

    /// Who gets the datagrams: their bytes are in `memory` from `at` on until the return.
    interface Receiver {
        void receive(InetSocketAddress remote, MemorySegment memory, long at, int sizeBytes);
    }

    private final Recvmmsg system;
    private final FileDescriptor descriptor;
    private final ShardCounters counters;
    private final Receiver receiver;
    private final AddressTable addressTable = new AddressTable();
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment headers = arena.allocate((long) BATCH * MessageArrays.HEADER_BYTES, 64);
    private final MemorySegment vectors = arena.allocate((long) BATCH * MessageArrays.VECTOR_BYTES, 64);
    private final MemorySegment addresses = arena.allocate((long) BATCH * ADDRESS_BYTES, 64);
    private final MemorySegment controls = arena.allocate((long) BATCH * MessageArrays.CONTROL_SPACE, 64);
    private final MemorySegment datagrams = arena.allocate((long) BATCH * SLOT_STRIDE, 64);
    private @Nullable IoRegistration registration;
    private int errno;

    /// @param descriptor of its own: closed with the reader
    @SuppressWarnings("MissingSummary")
    RecvmmsgReader(Recvmmsg system, FileDescriptor descriptor, ShardCounters counters, Receiver receiver) {
        this.system = system;
        this.descriptor = descriptor;
        this.counters = counters;
        this.receiver = receiver;
        for (int i = 0; i < BATCH; i++) {
            long header = (long) i * MessageArrays.HEADER_BYTES;
            long vector = (long) i * MessageArrays.VECTOR_BYTES;
            vectors.set(JAVA_LONG, vector, datagrams.address() + (long) i * SLOT_STRIDE);
            vectors.set(JAVA_LONG, vector + MessageArrays.VECTOR_LENGTH, SLOT_BYTES);
            headers.set(JAVA_LONG, header + MessageArrays.NAME, addresses.address() + (long) i * ADDRESS_BYTES);
            headers.set(JAVA_LONG, header + MessageArrays.VECTORS, vectors.address() + vector);
            headers.set(JAVA_LONG, header + MessageArrays.VECTORS_LENGTH, 1);
            headers.set(
                    JAVA_LONG,
                    header + MessageArrays.CONTROL,
                    controls.address() + (long) i * MessageArrays.CONTROL_SPACE);
            prepare(header);
        }
    }

    /// One for a socket of this loop; null where there is no recvmmsg(2) or no descriptor to spare.
    static @Nullable RecvmmsgReader open(NettyLoop loop, int socket, ShardCounters counters, Receiver receiver) {
        assert loop.inLoop();
        Recvmmsg system = Recvmmsg.on(socket);
        int duplicate = system == null ? -1 : Libc.duplicate(socket);
        if (system == null || duplicate < 0) {
            return null;
        }
        // What this kernel cannot join comes one by one.
        boolean _ = Libc.setOption(socket, MessageArrays.SOL_UDP, UDP_GRO, 1);
        var reader = new RecvmmsgReader(system, new FileDescriptor(duplicate), counters, receiver);
        IoRegistration registered = loop.io().register(reader).getNow();
        if (registered == null) {
            reader.close();
            return null;
        }
        reader.registration = registered;
        registered.submit(EpollIoOps.EPOLLIN);
        return reader;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration which, IoEvent event) {
        read();
    }

    /// Takes one batch; what is left wakes the loop again.
    void read() {
        int count = system.receive(headers.address(), BATCH);
        if (count < 0) {
            failed(-count);
            return;
        }
        counters.receivedMessages(count);
        for (int i = 0; i < count; i++) {
            deliver(i);
        }
    }

    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        if (arena.scope().isAlive()) {
            arena.close();
            try {
                descriptor.close();
            } catch (IOException e) {
                log.warn("a duplicate of a UDP socket could not be closed", e);
            }
        }
    }

    private void deliver(int message) {
        long header = (long) message * MessageArrays.HEADER_BYTES;
        int sizeBytes = headers.get(JAVA_INT, header + MessageArrays.MESSAGE_LENGTH);
        boolean truncated = (headers.get(JAVA_INT, header + FLAGS) & MSG_TRUNC) != 0;
        int segmentBytes = segmentBytes(header, message);
        InetSocketAddress remote = addressTable.read(addresses, (long) message * ADDRESS_BYTES);
        prepare(header);
        if (truncated || remote == null) {
            counters.dropped(UdpDrop.OVERSIZED);
            return;
        }
        long at = (long) message * SLOT_STRIDE;
        if (segmentBytes <= 0 || segmentBytes >= sizeBytes) {
            receiver.receive(remote, datagrams, at, sizeBytes);
            return;
        }
        for (int offset = 0; offset < sizeBytes; offset += segmentBytes) {
            receiver.receive(remote, datagrams, at + offset, Math.min(segmentBytes, sizeBytes - offset));
        }
    }

    /// The size of the datagrams that a message was joined of, the last of which may be shorter; 0 when it is one.
    private int segmentBytes(long header, int message) {
        if (headers.get(JAVA_LONG, header + MessageArrays.CONTROL_LENGTH)
                < MessageArrays.CONTROL_DATA + Integer.BYTES) {
            return 0;
        }
        long control = (long) message * MessageArrays.CONTROL_SPACE;
        return controls.get(JAVA_INT, control + MessageArrays.CONTROL_LEVEL) == MessageArrays.SOL_UDP
                        && controls.get(JAVA_INT, control + MessageArrays.CONTROL_TYPE) == UDP_GRO
                ? controls.get(JAVA_INT, control + MessageArrays.CONTROL_DATA)
                : 0;
    }

    /// Says again how much room there is: the kernel has put there how much it took.
    private void prepare(long header) {
        headers.set(JAVA_INT, header + MessageArrays.NAME_LENGTH, ADDRESS_BYTES);
        headers.set(JAVA_LONG, header + MessageArrays.CONTROL_LENGTH, MessageArrays.CONTROL_SPACE);
    }

    /// Errors of a UDP socket are about datagrams that were sent; reading goes on.
    private void failed(int newErrno) {
        if (newErrno != Libc.EAGAIN && newErrno != Libc.EINTR && newErrno != errno) {
            errno = newErrno;
            log.warn("recvmmsg answers errno {}; it is tried again, and not told again", newErrno);
        }
    }
}
