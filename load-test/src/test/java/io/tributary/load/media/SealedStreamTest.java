package io.tributary.load.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.LiveKitSender;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a subscriber makes of a stream whose frames are encrypted.
class SealedStreamTest {
    private static final int SSRC = 77;
    private static final int PART_BYTES = 200;
    private static final int FRAME_TICKS = 3_000;
    private static final FrameKeys KEYS = FrameKeys.of("secret");

    private final Tally tally = new Tally();
    private final ReceivedStream stream = new ReceivedStream(MediaKind.VIDEO, SSRC, 1, KEYS.receiver(), tally);
    private final LiveKitSender sender = KEYS.sender(new Random(1));
    private final PacketBuffer buffer = new PacketPool().take();
    private final RtpPacket packet = new RtpPacket();
    private int seq = 65_530;
    private int number;

    @Test
    void framesThatComeWholeAreOpened() {
        for (int i = 0; i < 50; i++) {
            nextFrame(i % 10 == 0).forEach(this::receive);
        }

        assertThat(tally.frames).isEqualTo(50);
        assertThat(tally.keyframes).isEqualTo(5);
        assertThat(tally.latency.getTotalCount()).isEqualTo(50);
        assertThat(tally.sealed + tally.corrupt + tally.missing).isZero();
    }

    @Test
    void aFrameThatWasChangedOnTheWayIsCountedAndTheNextOneOpens() {
        nextFrame(true).forEach(this::receive);
        List<byte[]> changed = nextFrame(false);
        changed.get(1)[100] ^= 1;
        changed.forEach(this::receive);
        nextFrame(false).forEach(this::receive);

        assertThat(tally.sealed).isEqualTo(1);
        assertThat(tally.frames).isEqualTo(2);
        assertThat(tally.corrupt).isZero();
    }

    @Test
    void aFrameThatLacksAPacketIsALossAndNoMore() {
        nextFrame(true).forEach(this::receive);
        List<byte[]> cut = nextFrame(false);
        receive(cut.getFirst());
        seq++;
        cut.stream().skip(2).forEach(this::receive);
        nextFrame(false).forEach(this::receive);

        assertThat(tally.missing).isEqualTo(1);
        assertThat(tally.frames).isEqualTo(2);
        assertThat(tally.sealed + tally.corrupt).isZero();
    }

    @Test
    void anotherSourcesFrameIsCorruptAlthoughItOpens() {
        nextFrame(true).forEach(this::receive);
        frame(false, 4).forEach(this::receive);

        assertThat(tally.corrupt).isEqualTo(1);
        assertThat(tally.sealed).isZero();
    }

    private List<byte[]> nextFrame(boolean keyframe) {
        return frame(keyframe, 3);
    }

    /// The payloads of a frame's packets.
    private List<byte[]> frame(boolean keyframe, int source) {
        int header = CameraLayer.headerBytes(true, keyframe);
        byte[] frame = new byte[header + 700];
        frame[0] = (byte) (keyframe ? 0x10 : 0x11);
        TestPayload.write(frame, header, 700, source, 2, ++number, 1_000);
        byte[] sealed = sender.seal(FrameCodec.VP8, keyframe, frame, SSRC, number * (long) FRAME_TICKS)
                .orElseThrow();
        List<byte[]> payloads = new ArrayList<>();
        for (int at = 0; at < sealed.length; at += PART_BYTES) {
            byte[] part = Arrays.copyOfRange(sealed, at, Math.min(sealed.length, at + PART_BYTES));
            byte[] payload = new byte[1 + part.length];
            payload[0] = (byte) (at == 0 ? 0x10 : 0);
            System.arraycopy(part, 0, payload, 1, part.length);
            payloads.add(payload);
        }
        return payloads;
    }

    /// The next packet; the one that is shorter than the others is a frame's last.
    private void receive(byte[] payload) {
        boolean last = payload.length < 1 + PART_BYTES;
        var header = new RtpHeaderWriter();
        buffer.set(PacketBuffer.HEADROOM, 0);
        int ticks = number * FRAME_TICKS;
        header.begin(buffer.array(), buffer.offset(), PacketBuffer.CAPACITY, last, 96, seq++ & 0xFFFF, ticks, SSRC);
        int at = buffer.offset() + header.finish();
        System.arraycopy(payload, 0, buffer.array(), at, payload.length);
        buffer.length(at + payload.length - buffer.offset());
        assertThat(packet.wrap(buffer, ExtensionMap.EMPTY)).isTrue();
        stream.onPacket(packet, 1_500_000);
    }
}
