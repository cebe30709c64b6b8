package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `tributary frames` as somebody who writes a client meets it.
class FramesCommandTest {
    /// RFC 9605 appendix C.4: the suite AES_128_GCM_SHA256_128.
    private static final String BASE_KEY = "000102030405060708090a0b0c0d0e0f";

    private static final String METADATA = "4945544620534672616d65205747";
    private static final String PLAIN = "64726166742d696574662d736672616d652d656e63";
    private static final String SEALED =
            "9901234567b7412c2513a1b66dbb48841bbaf17f598751176ad847681a69c6d0b091c07018ce4adb34eb";

    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @Test
    void sealsAndOpensThePublishedSFrame() {
        String[] about = {"--format", "sframe", "--key", BASE_KEY, "--key-id", "291", "--metadata", METADATA};

        assertThat(frames("encrypt", about, "--counter", "17767", PLAIN)).isZero();
        assertThat(out.toString().strip()).isEqualTo(SEALED);

        assertThat(frames("decrypt", about, SEALED)).isZero();
        assertThat(out.toString().strip()).isEqualTo(PLAIN);
    }

    @Test
    void takesAnSFrameApart() {
        assertThat(frames("inspect", new String[] {"--format", "SFRAME"}, SEALED))
                .isZero();
        assertThat(out.toString().lines())
                .containsExactly("key id: 291", "counter: 17767", "header: 5 bytes", "ciphertext and tag: 37 bytes");
    }

    @ParameterizedTest
    @CsvSource({
        "opus, false, f8fffe",
        "vp8, true, 10020000 9d012a 40010b01 0203040506",
        "vp8, false, 310203 040506",
        "vp9, false, 82498342",
        "h264, true, 00:00:00:01:67:42:c0:1f:00:00:00:01:68:ce:3c:80:00:00:00:01:65:88:84:00:00:00:01:02",
    })
    void opensTheLiveKitFramesThatItSealed(String codec, boolean keyFrame, String frame) {
        String[] about = keyFrame
                ? new String[] {"--format", "livekit", "--codec", codec, "--key-frame"}
                : new String[] {"--format", "livekit", "--codec", codec};
        String[] secret = {"--passphrase", "correct horse", "--key-index", "3"};

        assertThat(frames("encrypt", about, concat(secret, "--ssrc", "4026531841", "--timestamp", "90000", frame)))
                .isZero();
        String sealed = out.toString().strip();
        assertThat(sealed).endsWith("0c03");

        assertThat(frames("decrypt", about, concat(secret, sealed))).isZero();
        assertThat(out.toString().strip()).isEqualTo(frame.replaceAll("[ :]", ""));

        assertThat(frames("inspect", about, sealed)).isZero();
        assertThat(out.toString())
                .contains("key index: 3", "sender's SSRC: 4026531841", "sender's RTP timestamp: 90000");

        assertThat(frames("decrypt", about, "--passphrase", "battery staple", "--key-index", "3", sealed))
                .isEqualTo(1);
        assertThat(err.toString()).contains("its tag is wrong");
        assertThat(frames("decrypt", about, "--passphrase", "correct horse", "--key-index", "4", sealed))
                .isEqualTo(1);
        assertThat(err.toString()).contains("another key id or index");
    }

    @Test
    void saysThatAFrameIsNotEncrypted() {
        assertThat(frames("inspect", new String[] {"--format", "livekit", "--codec", "opus"}, "f8fffe"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("no trailer: not encrypted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frames",
                "frames encrypt --format livekit f8",
                "frames encrypt --format livekit --key 00 --passphrase x f8",
                "frames encrypt --format livekit --key 0g f8",
                "frames encrypt --format livekit --key 00 f",
                "frames encrypt --format livekit --key 00 --key-index 256 f8",
                "frames encrypt --format sframe --passphrase x f8",
                "frames encrypt --format sframe --key 00 --suite AES_512 f8",
                "frames encrypt --format sframe --key 00 --key-id -1 f8",
                "frames encrypt --format srtp --key 00 f8",
            })
    void saysWhatIsWrongWithTheQuestion(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isNotBlank().doesNotContain("\tat ");
    }

    private int frames(String command, String[] about, String... more) {
        return run(concat(new String[] {"frames", command}, concat(about, more)));
    }

    private static String[] concat(String[] some, String... more) {
        String[] all = new String[some.length + more.length];
        System.arraycopy(some, 0, all, 0, some.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    private int run(String... args) {
        out = new StringWriter();
        err = new StringWriter();
        Tributary tributary = new Tributary(
                (config, media) -> {
                    throw new AssertionError("nothing serves here");
                },
                Map.of(),
                new SecureRandom(),
                InstantSource.system());
        tributary.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return tributary.run(args);
    }
}
