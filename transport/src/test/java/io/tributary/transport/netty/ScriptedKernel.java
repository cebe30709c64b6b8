package io.tributary.transport.netty;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Stands where sendmmsg(2) is: reads the messages as Linux would, refuses what Linux would, and answers what a test
/// told it to; by default that everything was sent.
final class ScriptedKernel implements Sendmmsg {
    private static final int SOCKADDR_IN_BYTES = 16;

    /// One message as it was sent.
    ///
    /// @param port of an IPv4 destination
    record Message(int port, List<String> datagrams) {}

    final ArrayDeque<Integer> answers = new ArrayDeque<>();
    final List<Integer> asked = new ArrayList<>();
    final List<Message> sent = new ArrayList<>();

    /// The errno for messages of several datagrams, 0 when they are taken.
    int refusesSegments;

    @Override
    public int send(long messages, int count) {
        asked.add(count);
        int answer = answers.isEmpty() ? count : answers.remove();
        if (answer < 0) {
            return answer;
        }
        MemorySegment headers = memory(messages, (long) count * MessageArrays.HEADER_BYTES);
        for (int i = 0; i < answer; i++) {
            Message message = read(headers.asSlice((long) i * MessageArrays.HEADER_BYTES, MessageArrays.HEADER_BYTES));
            if (refusesSegments != 0 && message.datagrams.size() > 1) {
                return i == 0 ? -refusesSegments : i;
            }
            sent.add(message);
        }
        return answer;
    }

    /// All datagrams to one port, in order.
    List<String> to(int port) {
        return sent.stream()
                .filter(message -> message.port == port)
                .flatMap(message -> message.datagrams.stream())
                .toList();
    }

    private static Message read(MemorySegment header) {
        int addressBytes = header.get(JAVA_INT, MessageArrays.NAME_LENGTH);
        if (addressBytes != SOCKADDR_IN_BYTES) {
            throw new AssertionError("an address of " + addressBytes + " bytes");
        }
        byte[] address =
                memory(header.get(JAVA_LONG, MessageArrays.NAME), addressBytes).toArray(JAVA_BYTE);
        int port = ByteBuffer.wrap(address).getShort(2) & 0xFFFF;
        long count = header.get(JAVA_LONG, MessageArrays.VECTORS_LENGTH);
        MemorySegment vectors =
                memory(header.get(JAVA_LONG, MessageArrays.VECTORS), count * MessageArrays.VECTOR_BYTES);
        var bytes = new ArrayList<byte[]>();
        int total = 0;
        for (long i = 0; i < count; i++) {
            long at = i * MessageArrays.VECTOR_BYTES;
            long size = vectors.get(JAVA_LONG, at + MessageArrays.VECTOR_LENGTH);
            bytes.add(memory(vectors.get(JAVA_LONG, at), size).toArray(JAVA_BYTE));
            total += (int) size;
        }
        ByteBuffer payload = ByteBuffer.allocate(total);
        bytes.forEach(payload::put);
        return new Message(port, cut(payload.array(), segmentBytes(header)));
    }

    /// What UDP_SEGMENT says, 0 without it.
    private static int segmentBytes(MemorySegment header) {
        long length = header.get(JAVA_LONG, MessageArrays.CONTROL_LENGTH);
        if (length == 0) {
            return 0;
        }
        MemorySegment control = memory(header.get(JAVA_LONG, MessageArrays.CONTROL), length);
        if (length != 24 || control.get(JAVA_LONG, 0) != 18) {
            throw new AssertionError("a control message of another size");
        }
        if (control.get(JAVA_INT, 8) != 17 || control.get(JAVA_INT, 12) != 103) {
            throw new AssertionError("a control message of another type");
        }
        return control.get(JAVA_SHORT, MessageArrays.CONTROL_DATA) & 0xFFFF;
    }

    private static List<String> cut(byte[] payload, int segmentBytes) {
        var hex = HexFormat.of();
        if (segmentBytes == 0) {
            return List.of(hex.formatHex(payload));
        }
        var datagrams = new ArrayList<String>();
        for (int at = 0; at < payload.length; at += segmentBytes) {
            datagrams.add(hex.formatHex(payload, at, Math.min(payload.length, at + segmentBytes)));
        }
        if (datagrams.size() > SendmmsgWriter.MAX_SEGMENTS || payload.length > 65_507) {
            throw new AssertionError("EINVAL or EMSGSIZE: " + datagrams.size() + " segments, " + payload.length);
        }
        return datagrams;
    }

    @SuppressWarnings("restricted") // what the writer points at
    private static MemorySegment memory(long address, long sizeBytes) {
        return MemorySegment.ofAddress(address).reinterpret(sizeBytes);
    }
}
