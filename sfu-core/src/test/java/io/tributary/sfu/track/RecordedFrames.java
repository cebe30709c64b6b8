package io.tributary.sfu.track;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.PayloadReader;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.RtpPacket;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The frames of a recording as its publisher's encoder handed them out, which is where clients encrypt.
final class RecordedFrames {
    private static final byte[] START_CODE = {0, 0, 0, 1};
    private static final int STAP_A = 24;
    private static final int FU_A = 28;

    private RecordedFrames() {}

    /// One frame.
    ///
    /// @param descriptor of its first packet
    /// @param marked whether its last packet carries the marker
    @SuppressWarnings("ArrayRecordComponent") // read only
    record Frame(
            long atMicros,
            int layer,
            boolean keyFrame,
            boolean marked,
            int timestampTicks,
            byte[] descriptor,
            byte[] bytes) {}

    /// In order of arrival. Frames that began before the recording, or end after it, are left out.
    static List<Frame> of(Recording recording) {
        List<Frame> frames = new ArrayList<>();
        for (int layer = 0; layer < recording.layers(); layer++) {
            ofLayer(recording, layer, frames);
        }
        frames.sort(Comparator.comparingLong(Frame::atMicros));
        return frames;
    }

    private static void ofLayer(Recording recording, int layer, List<Frame> frames) {
        PacketPool pool = new PacketPool();
        PayloadReader reader = PayloadReader.of(recording.codec());
        FrameFacts facts = new FrameFacts();
        RtpPacket rtp = new RtpPacket();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean begun = false;
        boolean keyFrame = false;
        byte[] descriptor = {};
        long nextSeq = -1;
        List<Recording.Packet> packets = recording.packets().stream()
                .filter(packet -> packet.layer() == layer)
                .sorted(Comparator.comparingLong(Recording.Packet::extendedSeq))
                .toList();
        for (Recording.Packet packet : packets) {
            PacketBuffer buffer = packet.toBuffer(pool);
            if (!rtp.wrap(buffer, recording.extensions()) || rtp.payloadLength() == 0) {
                buffer.release();
                continue; // padding
            }
            reader.read(rtp, packet.extendedSeq(), facts);
            if (facts.startsFrame) {
                bytes.reset();
                begun = true;
                keyFrame = facts.keyframe;
                descriptor = Arrays.copyOfRange(
                        rtp.array(), rtp.payloadOffset(), rtp.payloadOffset() + headBytes(recording.codec(), facts));
            } else if (packet.extendedSeq() != nextSeq) {
                begun = false;
            }
            nextSeq = packet.extendedSeq() + 1;
            append(recording.codec(), rtp, facts, bytes);
            if (facts.endsFrame && begun) {
                frames.add(new Frame(
                        packet.atMicros(),
                        layer,
                        keyFrame,
                        rtp.marker(),
                        rtp.timestampTicks(),
                        descriptor,
                        bytes.toByteArray()));
                begun = false;
            }
            buffer.release();
        }
    }

    private static int headBytes(Codec codec, FrameFacts facts) {
        return codec == Codec.AV1 ? 1 : facts.descriptorLength;
    }

    private static void append(Codec codec, RtpPacket rtp, FrameFacts facts, ByteArrayOutputStream bytes) {
        byte[] a = rtp.array();
        int at = rtp.payloadOffset();
        int end = at + rtp.payloadLength();
        if (codec != Codec.H264) {
            // Of AV1 the lengths of elements stay inside: nobody parses what is encrypted anyway.
            int head = headBytes(codec, facts);
            bytes.write(a, at + head, end - at - head);
            return;
        }
        switch (a[at] & 0x1F) {
            case STAP_A -> {
                for (int unit = at + 1; unit < end; ) {
                    int size = (a[unit] & 0xFF) << 8 | a[unit + 1] & 0xFF;
                    bytes.writeBytes(START_CODE);
                    bytes.write(a, unit + 2, size);
                    unit += 2 + size;
                }
            }
            case FU_A -> {
                if ((a[at + 1] & 0x80) != 0) {
                    bytes.writeBytes(START_CODE);
                    bytes.write(a[at] & 0xE0 | a[at + 1] & 0x1F);
                }
                bytes.write(a, at + 2, end - at - 2);
            }
            default -> {
                bytes.writeBytes(START_CODE);
                bytes.write(a, at, end - at);
            }
        }
    }
}
