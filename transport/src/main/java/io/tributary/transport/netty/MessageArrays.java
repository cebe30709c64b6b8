package io.tributary.transport.netty;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What sendmmsg(2) reads, as 64-bit Linux lays it out: messages, each with an address, a stretch of I/O vectors and
/// room for one control message that says where to cut it. Built once; a send writes lengths, pointers and addresses.
final class MessageArrays {
    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;

    // struct mmsghdr
    static final int HEADER_BYTES = 64;
    static final int NAME = 0;
    static final int NAME_LENGTH = 8;
    static final int VECTORS = 16;
    static final int VECTORS_LENGTH = 24;
    static final int CONTROL = 32;
    static final int CONTROL_LENGTH = 40;
    static final int MESSAGE_LENGTH = 56;

    // struct iovec
    static final int VECTOR_BYTES = 16;
    static final int VECTOR_LENGTH = 8;

    /// `struct sockaddr_in6` takes 28.
    private static final int ADDRESS_BYTES = 32;

    // struct cmsghdr with one 16-bit number
    static final int CONTROL_SPACE = 24;
    static final int CONTROL_DATA = 16;
    private static final int CONTROL_DATA_END = 18;
    static final int CONTROL_LEVEL = 8;
    static final int CONTROL_TYPE = 12;

    private final MemorySegment headers;
    private final MemorySegment vectors;
    private final MemorySegment addresses;
    private final MemorySegment controls;

    /// @param capacity messages, and vectors of all messages together
    @SuppressWarnings("MissingSummary")
    MessageArrays(Arena arena, int capacity) {
        headers = arena.allocate((long) capacity * HEADER_BYTES, 64);
        vectors = arena.allocate((long) capacity * VECTOR_BYTES, 64);
        addresses = arena.allocate((long) capacity * ADDRESS_BYTES, 64);
        controls = arena.allocate((long) capacity * CONTROL_SPACE, 64);
        for (long i = 0; i < capacity; i++) {
            long header = i * HEADER_BYTES;
            long control = i * CONTROL_SPACE;
            headers.set(JAVA_LONG, header + NAME, addresses.address() + i * ADDRESS_BYTES);
            headers.set(JAVA_LONG, header + CONTROL, controls.address() + control);
            controls.set(JAVA_LONG, control, CONTROL_DATA_END);
            controls.set(JAVA_INT, control + CONTROL_LEVEL, SOL_UDP);
            controls.set(JAVA_INT, control + CONTROL_TYPE, UDP_SEGMENT);
        }
    }

    /// Points vector `vector` at a datagram.
    void vector(int vector, long address, int sizeBytes) {
        long at = (long) vector * VECTOR_BYTES;
        vectors.set(JAVA_LONG, at, address);
        vectors.set(JAVA_LONG, at + VECTOR_LENGTH, sizeBytes);
    }

    /// Makes message `message` of `count` vectors, each a datagram.
    ///
    /// @param segmentBytes of all datagrams but the last, which may be shorter
    void message(int message, byte[] to, int firstVector, int count, int segmentBytes) {
        long header = (long) message * HEADER_BYTES;
        MemorySegment.copy(to, 0, addresses, JAVA_BYTE, (long) message * ADDRESS_BYTES, to.length);
        headers.set(JAVA_INT, header + NAME_LENGTH, to.length);
        headers.set(JAVA_LONG, header + VECTORS, vectors.address() + (long) firstVector * VECTOR_BYTES);
        headers.set(JAVA_LONG, header + VECTORS_LENGTH, count);
        headers.set(JAVA_LONG, header + CONTROL_LENGTH, count > 1 ? CONTROL_SPACE : 0);
        if (count > 1) {
            controls.set(JAVA_SHORT, (long) message * CONTROL_SPACE + CONTROL_DATA, (short) segmentBytes);
        }
    }

    /// Makes message `message`, which held several datagrams, one of the datagram at `vector` alone.
    void single(int message, int vector) {
        long header = (long) message * HEADER_BYTES;
        headers.set(JAVA_LONG, header + VECTORS, vectors.address() + (long) vector * VECTOR_BYTES);
        headers.set(JAVA_LONG, header + VECTORS_LENGTH, 1);
        headers.set(JAVA_LONG, header + CONTROL_LENGTH, 0);
    }

    /// Where message `message` is described.
    long address(int message) {
        return headers.address() + (long) message * HEADER_BYTES;
    }
}
