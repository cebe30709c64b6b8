package io.tributary.frames;

import static io.tributary.frames.Opened.Refusal.NOT_AUTHENTIC;
import static io.tributary.frames.SFrameCipherTest.plain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.Opened.Refused;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Frames of LiveKit's web client: what it encrypted is opened, and encrypted again to the same bytes.
class LiveKitRecordedFramesTest {
    static List<Vectors> frames() {
        return Vectors.of("livekit-frames.txt", "frame");
    }

    @Test
    void hasEveryCodecThatChromiumEncodes() {
        assertThat(frames())
                .extracting(frame -> frame.text("codec") + " " + frame.text("material"))
                .contains("OPUS PBKDF2", "OPUS HKDF", "VP8 PBKDF2", "VP8 HKDF", "VP9 HKDF", "H264 HKDF");
    }

    @ParameterizedTest
    @MethodSource("frames")
    void opensWhatTheClientEncrypted(Vectors frame) {
        LiveKitReceiver receiver = new LiveKitReceiver(ring(frame), new byte[0]);

        assertThat(plain(receiver.open(codec(frame), isKey(frame), frame.bytes("sealed"))))
                .isEqualTo(frame.bytes("plain"));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void sealsToTheBytesOfTheClient(Vectors frame) {
        byte[] sealed = frame.bytes("sealed");
        byte[] plain = frame.bytes("plain");
        ClearPrefix prefix = ClearPrefix.ofLiveKit(codec(frame), isKey(frame), plain);
        LiveKitTrailer trailer =
                LiveKitTrailer.parse(LiveKitCipher.unescaped(prefix, sealed)).orElseThrow();
        KeyRatchet key = key(frame, trailer.keyIndex());
        if (frame.number("ratcheted") == 1) {
            key = key.next();
        }

        assertThat(new LiveKitCipher(key.encryptionKey()).seal(prefix, trailer, plain))
                .isEqualTo(sealed);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void readsTheIvOfTheClient(Vectors frame) {
        byte[] sealed = frame.bytes("sealed");
        ClearPrefix prefix = ClearPrefix.ofLiveKit(codec(frame), isKey(frame), sealed);
        LiveKitTrailer trailer =
                LiveKitTrailer.parse(LiveKitCipher.unescaped(prefix, sealed)).orElseThrow();
        int ssrc = (int) frame.number("ssrc");
        int timestamp = (int) frame.number("timestamp");
        int count = timestamp - ByteBuffer.wrap(trailer.iv()).getInt(8);

        assertThat(count).isBetween(0, 0xfffe);
        assertThat(LiveKitTrailer.of(ssrc, timestamp, count, trailer.keyIndex()).iv())
                .isEqualTo(trailer.iv());
    }

    @ParameterizedTest
    @MethodSource("frames")
    void anotherKeyNeverYieldsAFrame(Vectors frame) {
        KeyRing ring = new KeyRing(KeyRing.DEFAULT_SIZE);
        ring.set(0, KeyRatchet.ofKey("nobody's key".getBytes(UTF_8)));
        ring.set(3, KeyRatchet.ofKey("nobody's other key".getBytes(UTF_8)));

        assertThat(new LiveKitReceiver(ring, new byte[0]).open(codec(frame), isKey(frame), frame.bytes("sealed")))
                .isEqualTo(new Refused(NOT_AUTHENTIC));
    }

    private static KeyRing ring(Vectors frame) {
        KeyRing ring = new KeyRing(KeyRing.DEFAULT_SIZE);
        ring.set(0, key(frame, 0));
        ring.set(3, key(frame, 3));
        return ring;
    }

    private static KeyRatchet key(Vectors frame, int index) {
        String key = index == 0 ? "the first key" : "the second key";
        return frame.text("material").equals("PBKDF2")
                ? KeyRatchet.ofPassphrase(key)
                : KeyRatchet.ofKey(key.getBytes(UTF_8));
    }

    private static FrameCodec codec(Vectors frame) {
        return FrameCodec.valueOf(frame.text("codec"));
    }

    private static boolean isKey(Vectors frame) {
        return frame.text("type").equals("key");
    }
}
