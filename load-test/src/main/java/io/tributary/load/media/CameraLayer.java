package io.tributary.load.media;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.LiveKitSender;
import io.tributary.load.media.Camera.Encoding;
import io.tributary.load.net.ClientLoop;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// One simulcast layer: its frames, their sizes and the VP8 descriptor (RFC 7741 §4.2) in front of each packet.
final class CameraLayer {
    /// What libwebrtc leaves of a 1,200-byte packet for payload, extensions and tag taken off.
    private static final int MAX_PAYLOAD_BYTES = 1150;

    /// A key frame of a talking head is six to ten times as large as the frames between.
    private static final int KEYFRAME_FACTOR = 7;

    /// Frames vary around their mean by about so much.
    private static final double DEVIATION = 0.25;

    private static final int DESCRIPTOR_BYTES = 6;
    private static final int KEYFRAME_HEADER_BYTES = 10; // RFC 6386 §9.1
    private static final int FRAME_HEADER_BYTES = 3;

    /// L1T3 as libwebrtc cycles through it.
    private static final int[] TEMPORAL_IDS = {0, 2, 1, 2};

    private final ClientLoop loop;
    private final OutgoingSource source;
    private final int sourceId;
    private final int layer;
    private final Encoding encoding;
    private final @Nullable LiveKitSender sealing;
    private final Random random;
    private int timestampTicks;
    private int pictureId;
    private int tl0PicIdx;
    private int keyIdx;
    private int frame;
    private boolean keyframeWanted = true;

    CameraLayer(
            ClientLoop loop,
            OutgoingSource source,
            int sourceId,
            int layer,
            Encoding encoding,
            @Nullable LiveKitSender sealing,
            Random random) {
        this.loop = loop;
        this.source = source;
        this.sourceId = sourceId;
        this.layer = layer;
        this.encoding = encoding;
        this.sealing = sealing;
        this.random = random;
        timestampTicks = random.nextInt();
        pictureId = random.nextInt(1 << 15);
    }

    OutgoingSource source() {
        return source;
    }

    void wantKeyframe() {
        keyframeWanted = true;
    }

    /// @param ticks of the media clock until the next
    void sendFrame(int ticks) {
        boolean keyframe = keyframeWanted;
        keyframeWanted = false;
        if (keyframe) {
            frame = 0;
            keyIdx++;
        }
        int temporalId = TEMPORAL_IDS[frame % TEMPORAL_IDS.length];
        if (temporalId == 0) {
            tl0PicIdx++;
        }
        // Only the second T2 of a cycle leans on T1.
        boolean sync = temporalId != 0 && frame % TEMPORAL_IDS.length != TEMPORAL_IDS.length - 1;
        int frameBytes = frameBytes(keyframe);
        LiveKitSender seal = sealing;
        if (seal == null) {
            sendPackets(frameBytes, keyframe, temporalId, sync);
        } else {
            sendSealed(sealed(seal, frameBytes, keyframe), temporalId, sync);
        }
        timestampTicks += ticks;
        pictureId = pictureId + 1 & 0x7FFF;
        frame++;
    }

    /// A frame of packets that can each be checked alone.
    private void sendPackets(int frameBytes, boolean keyframe, int temporalId, boolean sync) {
        int packets = packets(frameBytes);
        long sentNanos = loop.realtimeNanos();
        for (int i = 0; i < packets; i++) {
            int bytes = share(frameBytes, packets, i);
            int at = source.begin(i == packets - 1, timestampTicks);
            byte[] a = source.bytes();
            descriptor(a, at, i == 0, temporalId, sync);
            int body = at + DESCRIPTOR_BYTES + (i == 0 ? frameHeader(a, at + DESCRIPTOR_BYTES, keyframe) : 0);
            int length = Math.max(TestPayload.HEADER_BYTES, at + bytes - body);
            TestPayload.write(a, body, length, sourceId, layer, source.packets(), sentNanos);
            source.send(body + length);
        }
    }

    /// A frame that can be checked as a whole only, for it is encrypted as a whole.
    private byte[] sealed(LiveKitSender seal, int frameBytes, boolean keyframe) {
        byte[] frame = new byte[Math.max(frameBytes, KEYFRAME_HEADER_BYTES + TestPayload.HEADER_BYTES)];
        int body = frameHeader(frame, 0, keyframe);
        TestPayload.write(frame, body, frame.length - body, sourceId, layer, source.packets(), loop.realtimeNanos());
        return seal.seal(FrameCodec.VP8, keyframe, frame, source.ssrc(), timestampTicks)
                .orElseThrow();
    }

    private void sendSealed(byte[] frame, int temporalId, boolean sync) {
        int packets = packets(frame.length);
        int from = 0;
        for (int i = 0; i < packets; i++) {
            int bytes = share(frame.length, packets, i);
            int at = source.begin(i == packets - 1, timestampTicks);
            descriptor(source.bytes(), at, i == 0, temporalId, sync);
            System.arraycopy(frame, from, source.bytes(), at + DESCRIPTOR_BYTES, bytes);
            source.send(at + DESCRIPTOR_BYTES + bytes);
            from += bytes;
        }
    }

    private static int packets(int frameBytes) {
        return (frameBytes + MAX_PAYLOAD_BYTES - 1) / MAX_PAYLOAD_BYTES;
    }

    /// Of a frame in as many packets the one of this index: packets differ by a byte at most.
    private static int share(int frameBytes, int packets, int index) {
        return frameBytes / packets + (index < frameBytes % packets ? 1 : 0);
    }

    /// How many bytes of an intact packet stand in front of the test payload, after the descriptor.
    static int headerBytes(boolean startsFrame, boolean keyframe) {
        if (!startsFrame) {
            return 0;
        }
        return keyframe ? KEYFRAME_HEADER_BYTES : FRAME_HEADER_BYTES;
    }

    private int frameBytes(boolean keyframe) {
        double mean = encoding.bitrateBps() / 8.0 / Camera.FRAMES_PER_SECOND;
        double varied = mean * Math.clamp(1 + DEVIATION * random.nextGaussian(), 0.3, 2.0);
        return (int) (keyframe ? varied * KEYFRAME_FACTOR : varied);
    }

    private void descriptor(byte[] a, int at, boolean startsFrame, int temporalId, boolean sync) {
        boolean discardable = temporalId == 2;
        a[at] = (byte) (0x80 | (discardable ? 0x20 : 0) | (startsFrame ? 0x10 : 0));
        a[at + 1] = (byte) 0xF0; // picture id, TL0PICIDX, TID, KEYIDX
        a[at + 2] = (byte) (0x80 | pictureId >>> 8);
        a[at + 3] = (byte) pictureId;
        a[at + 4] = (byte) tl0PicIdx;
        a[at + 5] = (byte) (temporalId << 6 | (sync ? 0x20 : 0) | keyIdx & 0x1F);
    }

    private int frameHeader(byte[] a, int at, boolean keyframe) {
        a[at] = (byte) (0x10 | (keyframe ? 0 : 1)); // shown, version 0
        a[at + 1] = 0;
        a[at + 2] = 0;
        if (!keyframe) {
            return FRAME_HEADER_BYTES;
        }
        a[at + 3] = (byte) 0x9D;
        a[at + 4] = 0x01;
        a[at + 5] = 0x2A;
        a[at + 6] = (byte) encoding.width();
        a[at + 7] = (byte) (encoding.width() >>> 8);
        a[at + 8] = (byte) encoding.height();
        a[at + 9] = (byte) (encoding.height() >>> 8);
        return KEYFRAME_HEADER_BYTES;
    }
}
