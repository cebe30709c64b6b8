package io.tributary.transport.codec;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import java.util.HexFormat;
import java.util.Map;

/// Makes RTP packets out of a payload and a dependency descriptor. Each stands until the next is made.
public final class CodecPackets {
    private static final int DESCRIPTOR_ID = 5;
    private static final ExtensionMap EXTENSIONS =
            new ExtensionMap(Map.of(HeaderExtension.DEPENDENCY_DESCRIPTOR, DESCRIPTOR_ID));

    private final PacketBuffer buffer = new PacketPool().take();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final RtpPacket packet = new RtpPacket();

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    /// A packet; without a header extension where `descriptor` is empty.
    public RtpPacket packet(long extendedSeq, int timestampTicks, boolean marker, byte[] descriptor, byte[] payload) {
        byte[] array = buffer.array();
        int start = buffer.offset();
        int limit = array.length - payload.length;
        writer.begin(array, start, limit, marker, 96, (int) extendedSeq & 0xFFFF, timestampTicks, 7);
        if (descriptor.length > 0 && !writer.append(DESCRIPTOR_ID, descriptor, 0, descriptor.length)) {
            throw new IllegalArgumentException("a descriptor of " + descriptor.length + " bytes has no room");
        }
        int header = writer.finish();
        System.arraycopy(payload, 0, array, start + header, payload.length);
        buffer.length(header + payload.length);
        if (!packet.wrap(buffer, EXTENSIONS)) {
            throw new IllegalStateException("what was written is no RTP packet");
        }
        return packet;
    }
}
