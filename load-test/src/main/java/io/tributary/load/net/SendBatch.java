package io.tributary.load.net;

import io.tributary.transport.io.PacketBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Gathers what one socket sends and hands it to sendmmsg(2) when another socket begins, a batch is full or the turn
/// ends.
final class SendBatch {
    /// A key frame of 720p is some forty packets.
    private static final int MESSAGES = 64;

    private static final int HEADER_BYTES = 64; // as in ReceiveBatch
    private static final int VECTOR_BYTES = 16;
    private static final int NAME_BYTES = 16;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment headers = arena.allocate((long) MESSAGES * HEADER_BYTES, 64);
    private final MemorySegment vectors = arena.allocate((long) MESSAGES * VECTOR_BYTES, 64);
    private final MemorySegment names = arena.allocate((long) MESSAGES * NAME_BYTES, 64);
    private final MemorySegment payloads = arena.allocate((long) MESSAGES * PacketBuffer.CAPACITY, 64);
    private final LinuxCalls system;
    private int fd = -1;
    private int count;
    private long refused;

    SendBatch(LinuxCalls system) {
        this.system = system;
        for (long i = 0; i < MESSAGES; i++) {
            long header = i * HEADER_BYTES;
            MemorySegment vector = vectors.asSlice(i * VECTOR_BYTES, VECTOR_BYTES);
            headers.set(ValueLayout.ADDRESS, header, names.asSlice(i * NAME_BYTES, NAME_BYTES));
            headers.set(ValueLayout.JAVA_INT, header + 8, NAME_BYTES);
            headers.set(ValueLayout.ADDRESS, header + 16, vector);
            headers.set(ValueLayout.JAVA_LONG, header + 24, 1);
            vector.set(ValueLayout.ADDRESS, 0, payloads.asSlice(i * PacketBuffer.CAPACITY, PacketBuffer.CAPACITY));
        }
    }

    void add(int socket, long remote, byte[] bytes, int offset, int length) {
        if (socket != fd || count == MESSAGES) {
            flush();
            fd = socket;
        }
        int slot = count++;
        LinuxCalls.sockaddr(names, (long) slot * NAME_BYTES, ClientSocket.ipv4(remote), ClientSocket.port(remote));
        MemorySegment.copy(bytes, offset, payloads, ValueLayout.JAVA_BYTE, (long) slot * PacketBuffer.CAPACITY, length);
        vectors.set(ValueLayout.JAVA_LONG, (long) slot * VECTOR_BYTES + 8, length);
    }

    void flush() {
        int done = 0;
        while (done < count) {
            int sent = system.send(fd, headers.asSlice((long) done * HEADER_BYTES), count - done);
            if (sent > 0) {
                done += sent;
            } else if (sent != -LinuxCalls.EINTR) {
                refused++; // this one; those behind it may fit
                done++;
            }
        }
        count = 0;
    }

    /// Datagrams that the kernel did not take.
    long refused() {
        return refused;
    }

    void close() {
        arena.close();
    }
}
