package io.tributary.transport.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// One RTP packet as a value (RFC 3550 §5.1), written and read apart from the server's code on purpose.
///
/// @param extensions data by wire id
@SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
public record SimRtp(
        boolean marker,
        int payloadType,
        int seq,
        int timestampTicks,
        int ssrc,
        Map<Integer, byte[]> extensions,
        byte[] payload,
        int paddingBytes) {
    private static final int MAX_BYTES = 2048;

    public SimRtp(int payloadType, int seq, int timestampTicks, int ssrc, byte[] payload) {
        this(false, payloadType, seq, timestampTicks, ssrc, Map.of(), payload, 0);
    }

    public SimRtp with(int extensionId, byte[] data) {
        var more = new TreeMap<>(extensions);
        more.put(extensionId, data);
        return new SimRtp(marker, payloadType, seq, timestampTicks, ssrc, more, payload, paddingBytes);
    }

    public SimRtp withMarker() {
        return new SimRtp(true, payloadType, seq, timestampTicks, ssrc, extensions, payload, paddingBytes);
    }

    public SimRtp withPadding(int bytes) {
        return new SimRtp(marker, payloadType, seq, timestampTicks, ssrc, extensions, payload, bytes);
    }

    /// This packet as a retransmission (RFC 4588 §4).
    public SimRtp asRepair(int repairType, int repairSsrc, int repairSeq) {
        byte[] repaired = ByteBuffer.allocate(payload.length + 2)
                .putShort((short) seq)
                .put(payload)
                .array();
        return new SimRtp(
                marker, repairType, repairSeq, timestampTicks, repairSsrc, extensions, repaired, paddingBytes);
    }

    public byte[] extension(int id) {
        return Objects.requireNonNull(extensions.get(id), () -> "no extension " + id);
    }

    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.put((byte) (0x80 | (extensions.isEmpty() ? 0 : 0x10) | (paddingBytes == 0 ? 0 : 0x20)));
        out.put((byte) ((marker ? 0x80 : 0) | payloadType));
        out.putShort((short) seq).putInt(timestampTicks).putInt(ssrc);
        if (!extensions.isEmpty()) {
            putExtensions(out);
        }
        out.put(payload);
        if (paddingBytes > 0) {
            out.position(out.position() + paddingBytes - 1);
            out.put((byte) paddingBytes);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    private void putExtensions(ByteBuffer out) {
        boolean twoByte = extensions.entrySet().stream()
                .anyMatch(e -> e.getKey() > 14 || e.getValue().length > 16 || e.getValue().length == 0);
        int start = out.position();
        out.putShort((short) (twoByte ? 0x1000 : 0xBEDE)).putShort((short) 0);
        extensions.forEach((id, data) -> {
            if (twoByte) {
                out.put((byte) (int) id).put((byte) data.length);
            } else {
                out.put((byte) (id << 4 | (data.length - 1)));
            }
            out.put(data);
        });
        while ((out.position() - start) % 4 != 0) {
            out.put((byte) 0);
        }
        out.putShort(start + 2, (short) ((out.position() - start) / 4 - 1));
    }

    public static SimRtp decode(byte[] packet) {
        ByteBuffer in = ByteBuffer.wrap(packet);
        int first = in.get() & 0xFF;
        if (first >>> 6 != 2) {
            throw new IllegalArgumentException("not RTP");
        }
        int second = in.get() & 0xFF;
        int seq = in.getShort() & 0xFFFF;
        int timestampTicks = in.getInt();
        int ssrc = in.getInt();
        in.position(in.position() + 4 * (first & 0x0F));
        Map<Integer, byte[]> extensions = new TreeMap<>();
        if ((first & 0x10) != 0) {
            boolean twoByte = in.getShort() == 0x1000;
            int end = in.position() + 2 + 4 * (in.getShort() & 0xFFFF);
            while (in.position() < end) {
                int head = in.get() & 0xFF;
                if (head == 0) {
                    continue;
                }
                int length = twoByte ? in.get() & 0xFF : (head & 0x0F) + 1;
                byte[] data = new byte[length];
                in.get(data);
                extensions.put(twoByte ? head : head >>> 4, data);
            }
        }
        int padding = (first & 0x20) != 0 ? packet[packet.length - 1] & 0xFF : 0;
        byte[] payload = new byte[in.remaining() - padding];
        in.get(payload);
        return new SimRtp((second & 0x80) != 0, second & 0x7F, seq, timestampTicks, ssrc, extensions, payload, padding);
    }
}
