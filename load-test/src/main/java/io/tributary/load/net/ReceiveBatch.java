package io.tributary.load.net;

import io.tributary.transport.io.PacketBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads one socket after another by recvmmsg(2). With generic receive offload one message may hold a run of datagrams
/// of equal size, as the sender's segmentation offload made it; they are taken apart here.
final class ReceiveBatch {
    /// A run is at most 64 kB, so this is a megabyte: more messages a call were not measurably cheaper.
    private static final int MESSAGES = 16;

    private static final int MESSAGE_BYTES = 1 << 16;
    private static final int CONTROL_BYTES = 64;
    private static final int NAME_BYTES = 16;

    // struct mmsghdr: msg_name 0, msg_namelen 8, msg_iov 16, msg_iovlen 24, msg_control 32, msg_controllen 40,
    // msg_flags 48, msg_len 56
    private static final int HEADER_BYTES = 64;
    private static final int VECTOR_BYTES = 16;

    private static final int CMSG_HEADER_BYTES = 16; // cmsg_len 0, cmsg_level 8, cmsg_type 12

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment headers = arena.allocate((long) MESSAGES * HEADER_BYTES, 64);
    private final MemorySegment vectors = arena.allocate((long) MESSAGES * VECTOR_BYTES, 64);
    private final MemorySegment names = arena.allocate((long) MESSAGES * NAME_BYTES, 64);
    private final MemorySegment controls = arena.allocate((long) MESSAGES * CONTROL_BYTES, 64);
    private final MemorySegment payloads = arena.allocate((long) MESSAGES * MESSAGE_BYTES, 64);
    private final LinuxCalls system;
    private final PacketBuffer packet;
    private long stampNanos;
    private int segmentBytes;

    /// @param packet each datagram is shown in it
    ReceiveBatch(LinuxCalls system, PacketBuffer packet) {
        this.system = system;
        this.packet = packet;
        for (long i = 0; i < MESSAGES; i++) {
            long header = i * HEADER_BYTES;
            headers.set(ValueLayout.ADDRESS, header, names.asSlice(i * NAME_BYTES, NAME_BYTES));
            MemorySegment vector = vectors.asSlice(i * VECTOR_BYTES, VECTOR_BYTES);
            vector.set(ValueLayout.ADDRESS, 0, payloads.asSlice(i * MESSAGE_BYTES, MESSAGE_BYTES));
            vector.set(ValueLayout.JAVA_LONG, 8, MESSAGE_BYTES);
            headers.set(ValueLayout.ADDRESS, header + 16, vector);
            headers.set(ValueLayout.JAVA_LONG, header + 24, 1);
            headers.set(ValueLayout.ADDRESS, header + 32, controls.asSlice(i * CONTROL_BYTES, CONTROL_BYTES));
        }
    }

    /// Reads what the socket has, up to a batch; the rest keeps it readable.
    ///
    /// @return datagrams told
    int read(ClientSocket socket) {
        for (long i = 0; i < MESSAGES; i++) { // the kernel wrote what it used
            headers.set(ValueLayout.JAVA_INT, i * HEADER_BYTES + 8, NAME_BYTES);
            headers.set(ValueLayout.JAVA_LONG, i * HEADER_BYTES + 40, CONTROL_BYTES);
        }
        int messages = system.receive(socket.fd, headers, MESSAGES);
        int datagrams = 0;
        for (int i = 0; i < messages; i++) {
            datagrams += message(socket, i);
        }
        return datagrams;
    }

    void close() {
        arena.close();
    }

    private int message(ClientSocket socket, int slot) {
        int length = headers.get(ValueLayout.JAVA_INT, (long) slot * HEADER_BYTES + 56);
        control(slot);
        long remote = remote(slot);
        int step = segmentBytes > 0 ? segmentBytes : Math.max(length, 1);
        int datagrams = 0;
        for (int at = 0; at < length; at += step) {
            int size = Math.min(step, length - at);
            if (size <= PacketBuffer.CAPACITY - PacketBuffer.HEADROOM) {
                packet.set(PacketBuffer.HEADROOM, size);
                MemorySegment.copy(
                        payloads,
                        ValueLayout.JAVA_BYTE,
                        (long) slot * MESSAGE_BYTES + at,
                        packet.array(),
                        packet.offset(),
                        size);
                socket.listener.onDatagram(stampNanos, remote, packet);
            }
            datagrams++;
        }
        return datagrams;
    }

    /// The kernel's time stamp, and the size of the datagrams where the message is a run.
    private void control(int slot) {
        stampNanos = 0;
        segmentBytes = 0;
        long start = (long) slot * CONTROL_BYTES;
        long length = headers.get(ValueLayout.JAVA_LONG, (long) slot * HEADER_BYTES + 40);
        long at = 0;
        while (at + CMSG_HEADER_BYTES <= length) {
            long size = controls.get(ValueLayout.JAVA_LONG, start + at);
            int level = controls.get(ValueLayout.JAVA_INT, start + at + 8);
            int type = controls.get(ValueLayout.JAVA_INT, start + at + 12);
            long data = start + at + CMSG_HEADER_BYTES;
            if (level == LinuxCalls.SOL_SOCKET && type == LinuxCalls.SO_TIMESTAMPNS) {
                stampNanos = controls.get(ValueLayout.JAVA_LONG, data) * 1_000_000_000
                        + controls.get(ValueLayout.JAVA_LONG, data + 8);
            } else if (level == LinuxCalls.SOL_UDP && type == LinuxCalls.UDP_GRO) {
                segmentBytes = controls.get(ValueLayout.JAVA_INT, data);
            }
            if (size < CMSG_HEADER_BYTES) {
                break;
            }
            at += (size + 7) & ~7L;
        }
        if (stampNanos == 0) {
            stampNanos = system.realtimeNanos();
        }
    }

    private long remote(int slot) {
        long at = (long) slot * NAME_BYTES;
        long port = (names.get(ValueLayout.JAVA_BYTE, at + 2) & 0xFFL) << 8
                | names.get(ValueLayout.JAVA_BYTE, at + 3) & 0xFFL;
        long address = 0;
        for (int i = 4; i < 8; i++) {
            address = address << 8 | names.get(ValueLayout.JAVA_BYTE, at + i) & 0xFFL;
        }
        return address << 16 | port;
    }
}
