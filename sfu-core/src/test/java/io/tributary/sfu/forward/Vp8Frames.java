package io.tributary.sfu.forward;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import java.nio.ByteBuffer;

/// Writes RTP packets of VP8 frames for tests, and reads back what a forwarder made of a payload descriptor.
final class Vp8Frames {
    private Vp8Frames() {}

    /// One packet of a frame.
    record Packet(
            int seq,
            int timestampTicks,
            boolean marker,
            int picture,
            boolean widePicture,
            int tl0,
            int temporalId,
            boolean layerSync,
            int key,
            boolean first,
            boolean keyframe,
            long body) {

        PacketBuffer in(PacketPool pool, int ssrc) {
            PacketBuffer buffer = pool.take();
            ByteBuffer out = ByteBuffer.wrap(buffer.array(), buffer.offset(), 200);
            out.put((byte) 0x80).put((byte) ((marker ? 0x80 : 0) | 96)).putShort((short) seq);
            out.putInt(timestampTicks).putInt(ssrc);
            out.put((byte) (0x80 | (first ? 0x10 : 0))).put((byte) 0xF0);
            if (widePicture) {
                out.putShort((short) (0x8000 | picture));
            } else {
                out.put((byte) (picture & 0x7F));
            }
            out.put((byte) tl0).put((byte) (temporalId << 6 | (layerSync ? 0x20 : 0) | key));
            out.put((byte) (keyframe ? 0 : 1)).putLong(body);
            buffer.length(out.position() - buffer.offset());
            return buffer;
        }
    }

    /// A descriptor with all fields, as [Vp8Rewriter] writes it.
    record Descriptor(boolean startsFrame, int picture, int tl0, int temporalId, int key) {
        static Descriptor of(ByteBuffer prefix) {
            return new Descriptor(
                    (prefix.get(0) & 0x10) != 0,
                    prefix.getShort(2) & 0x7FFF,
                    prefix.get(4) & 0xFF,
                    (prefix.get(5) & 0xFF) >> 6,
                    prefix.get(5) & 0x1F);
        }
    }
}
