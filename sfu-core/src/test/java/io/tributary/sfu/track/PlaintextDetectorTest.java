package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.SFrameSender;
import io.tributary.frames.SFrameSuites;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.RtpPacket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlaintextDetectorTest {
    private static final int PACKET_BYTES = 1_100;

    private final PacketPool pool = new PacketPool();
    private final RtpPacket packet = new RtpPacket();
    private final FrameFacts facts = new FrameFacts();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void saysNothingAboutEncryptedFramesOfAnySize(long seed) {
        var random = new Random(seed);
        var keys = new KeyRing(KeyRing.MAX_SIZE);
        var sender = new LiveKitSender(keys, random);
        var detector = new PlaintextDetector(spec(Codec.VP8, FrameProtection.LIVEKIT));
        for (int frame = 0; frame < 3_000; frame++) {
            if (frame % 100 == 0) {
                keys.set(random.nextInt(), KeyRatchet.ofKey(bytes(random, 16)));
            }
            byte[] sealed = sender.seal(
                            FrameCodec.VP8,
                            frame % 50 == 0,
                            bytes(random, 1 + random.nextInt(3_000)),
                            7,
                            frame * 3_000L)
                    .orElseThrow();
            assertThat(alarms(detector, sealed))
                    .as("seed %s, frame %s", seed, frame)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void noticesPlainFramesBeforeTheTwentieth(long seed) {
        var random = new Random(seed);
        var detector = new PlaintextDetector(spec(Codec.VP8, FrameProtection.LIVEKIT));
        int frames = 1;
        while (!alarms(detector, bytes(random, 1 + random.nextInt(3_000)))) {
            assertThat(++frames).as("seed %s", seed).isLessThan(20);
        }
        assertThat(alarms(detector, bytes(random, 500))).as("it is said once").isFalse();
    }

    @Test
    void noticesThatOneLayerOfThreeIsPlain() {
        var random = new Random(9);
        var detector = new PlaintextDetector(
                new TrackSpec(new TrackSid("TR_test"), Codec.VP8, List.of("q", "h", "f"), FrameProtection.LIVEKIT));
        byte[] encrypted = bytes(random, 100);
        encrypted[98] = 12;
        boolean alarmed = false;
        for (int frame = 0; frame < 20; frame++) {
            show(encrypted, true);
            assertThat(detector.alarms(0, packet, facts)).isFalse();
            assertThat(detector.alarms(1, packet, facts)).isFalse();
            show(bytes(random, 100), true);
            alarmed |= detector.alarms(2, packet, facts);
        }
        assertThat(alarmed).isTrue();
    }

    @Test
    void aFewOddFramesAreNoAlarm() {
        var detector = new PlaintextDetector(spec(Codec.OPUS, FrameProtection.LIVEKIT));
        byte[] plain = {1, 2, 3};
        byte[] sealed = {1, 2, 12, 0};
        for (int i = 0; i < 1_000; i++) {
            assertThat(alarms(detector, i % 16 < PlaintextDetector.ALARM_FRAMES - 1 ? plain : sealed))
                    .isFalse();
        }
    }

    @Test
    void emptyFramesAndPaddingTellNothing() {
        var detector = new PlaintextDetector(spec(Codec.OPUS, FrameProtection.LIVEKIT));
        for (int i = 0; i < 100; i++) {
            assertThat(alarms(detector, new byte[0])).isFalse();
        }
    }

    @Test
    void readsTheHeadersOfSFrames() {
        var random = new Random(11);
        var sender = new SFrameSender(SFrameSuites.rfc9605().find(4).orElseThrow(), 77, bytes(random, 16));
        var encrypted = new PlaintextDetector(spec(Codec.OPUS, FrameProtection.SFRAME));
        for (int i = 0; i < 1_000; i++) {
            assertThat(alarms(encrypted, sender.seal(new byte[0], bytes(random, random.nextInt(200)))))
                    .isFalse();
        }
        var plain = new PlaintextDetector(spec(Codec.OPUS, FrameProtection.SFRAME));
        boolean alarmed = false;
        for (int i = 0; i < 20; i++) {
            // A key id of two bytes that would fit into one.
            alarmed |= alarms(plain, new byte[] {(byte) 0x90, 0, 5, 1, 2, 3});
        }
        assertThat(alarmed).isTrue();
    }

    /// Whether the frame gives the alarm, in as many packets as it needs.
    private boolean alarms(PlaintextDetector detector, byte[] frame) {
        boolean alarmed = false;
        for (int at = 0; at == 0 || at < frame.length; at += PACKET_BYTES) {
            int end = Math.min(frame.length, at + PACKET_BYTES);
            show(Arrays.copyOfRange(frame, at, end), end == frame.length);
            facts.startsFrame = at == 0;
            alarmed |= detector.alarms(0, packet, facts);
        }
        return alarmed;
    }

    private void show(byte[] payload, boolean marker) {
        PacketBuffer buffer = pool.take();
        byte[] header = {(byte) 0x80, (byte) (marker ? 0xe0 : 0x60), 0, 1, 0, 0, 0, 0, 0, 0, 0, 7};
        System.arraycopy(header, 0, buffer.array(), buffer.offset(), header.length);
        System.arraycopy(payload, 0, buffer.array(), buffer.offset() + header.length, payload.length);
        buffer.set(buffer.offset(), header.length + payload.length);
        assertThat(packet.wrap(buffer, ExtensionMap.EMPTY)).isTrue();
        facts.clear();
        buffer.release();
    }

    private static TrackSpec spec(Codec codec, FrameProtection protection) {
        return new TrackSpec(new TrackSid("TR_test"), codec, List.of(), protection);
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
