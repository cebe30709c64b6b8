package io.tributary.frames;

import static io.tributary.frames.Opened.Refusal.KEY_GIVEN_UP;
import static io.tributary.frames.Opened.Refusal.MALFORMED;
import static io.tributary.frames.Opened.Refusal.NOT_AUTHENTIC;
import static io.tributary.frames.Opened.Refusal.UNKNOWN_INJECTION;
import static io.tributary.frames.Opened.Refusal.UNKNOWN_KEY;
import static io.tributary.frames.SFrameCipherTest.bytes;
import static io.tributary.frames.SFrameCipherTest.plain;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refused;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LiveKitFramesTest {
    private static final long SEED = Long.getLong("test.seed", 1218);
    private static final KeyRatchet KEY = KeyRatchet.ofKey("a key of a participant".getBytes(UTF_8));
    private static final KeyRatchet OTHER_KEY = KeyRatchet.ofKey("a key of another one".getBytes(UTF_8));
    private static final byte[] TRAILER = {'m', 'a', 'r', 'k'};
    private static final byte[] SLICES = HexFormat.of()
            .parseHex("000000016742c01f00000168ce3c8000000001060102030000016588840021ff0000000165880001ff10203040");

    private final Random random = new Random(SEED);
    private final KeyRing mine = new KeyRing(KeyRing.DEFAULT_SIZE);
    private final KeyRing theirs = new KeyRing(KeyRing.DEFAULT_SIZE);
    private final LiveKitSender sender = new LiveKitSender(mine, random);
    private final LiveKitReceiver receiver = new LiveKitReceiver(theirs, TRAILER);

    @ParameterizedTest
    @EnumSource(FrameCodec.class)
    void opensWhatItSealed(FrameCodec codec) {
        both(3, KEY);
        for (int i = 0; i < 2000; i++) {
            byte[] frame = bytes(random, 10 + random.nextInt(300));
            boolean keyFrame = random.nextBoolean();

            byte[] sealed = seal(codec, keyFrame, frame);

            assertThat(plain(receiver.open(codec, keyFrame, sealed)))
                    .as("seed %d", SEED)
                    .isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPUS, true, 1",
        "VP8, true, 10",
        "VP8, false, 3",
        "VP9, true, 0",
        "AV1, true, 0",
        "OTHER, true, 10",
        "OTHER, false, 3",
        "H264, true, 10",
        "H265, false, 3"
    })
    void leavesInTheClearWhatClientsLeave(FrameCodec codec, boolean keyFrame, int clear) {
        both(0, KEY);
        byte[] frame = "some sixty bytes in which nobody will find a start code, no..".getBytes(UTF_8);

        byte[] sealed = seal(codec, keyFrame, frame);

        assertThat(ClearPrefix.ofLiveKit(codec, keyFrame, frame)).isEqualTo(new ClearPrefix(clear, false));
        assertThat(sealed).hasSize(frame.length + 16 + 12 + 2);
        assertThat(Arrays.copyOf(sealed, clear)).isEqualTo(Arrays.copyOf(frame, clear));
    }

    @ParameterizedTest
    @CsvSource({
        // start codes of both lengths, a delimiter that reads like a slice of H.265 before a slice of H.264
        "H264, 00000001 09f0 00000001 6588840021ff, 12",
        "H264, 000001 6742c01f 000001 4188840021ff, 12",
        "OTHER, 00000001 6588840021ff, 6",
        "H265, 00000001 4001aabb 00000001 2601af0102030405, 14",
        // the codec that was announced is not the one that came
        "H265, 00000001 6588840021ff, 6",
        // no slice, a byte before the first start code, and a slice too close to the end: like VP8
        "H264, 00000001 6742c01f01020304050607, 10",
        "H264, ff00000001 65888400210000, 10",
    })
    void findsTheFirstSlice(FrameCodec codec, String hex, int clear) {
        byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));

        assertThat(ClearPrefix.ofLiveKit(codec, true, frame).sizeBytes()).isEqualTo(clear);
    }

    @Test
    void whatFollowsTheSliceHeaderHoldsNoStartCode() {
        both(0, KEY);
        for (int i = 0; i < 3000; i++) {
            byte[] sealed = seal(FrameCodec.H264, true, SLICES);
            int clear = ClearPrefix.ofLiveKit(FrameCodec.H264, true, sealed).sizeBytes();

            byte[] opened = plain(receiver.open(FrameCodec.H264, true, sealed));
            assertThat(HexFormat.of().formatHex(opened))
                    .as("seed %d", SEED)
                    .startsWith("000000016742")
                    .endsWith("10203040");
            for (int at = clear; at + 2 < sealed.length; at++) {
                assertThat(sealed[at] == 0 && sealed[at + 1] == 0 && sealed[at + 2] >= 0 && sealed[at + 2] < 3)
                        .isFalse();
            }
        }
    }

    @Test
    void sendsLongStartCodesBecauseReceiversSeeThose() {
        both(0, KEY);
        byte[] frame = HexFormat.of().parseHex("0000016742c01f0000016588840021ff");

        byte[] opened = plain(receiver.open(FrameCodec.H264, true, seal(FrameCodec.H264, true, frame)));

        assertThat(HexFormat.of().formatHex(opened)).isEqualTo("000000016742c01f000000016588840021ff");
    }

    @ParameterizedTest
    @EnumSource(FrameCodec.class)
    void noFlippedBitAuthenticates(FrameCodec codec) {
        both(0, KEY);
        byte[] sealed = seal(codec, true, codec == FrameCodec.H264 ? SLICES : bytes(random, 40));

        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            theirs.set(0, KEY);
            assertThat(receiver.open(codec, true, flipped))
                    .as("seed %d bit %d", SEED, bit)
                    .isInstanceOf(Refused.class);
        }
    }

    @Test
    void theIvIsMadeOfSsrcTimestampAndCount() {
        LiveKitTrailer trailer = LiveKitTrailer.of(0xdeadbeef, 0x1_0000_0005L, 0xffff + 7, 200);

        assertThat(HexFormat.of().formatHex(trailer.iv())).isEqualTo("deadbeef" + "00000005" + "fffffffe");
        assertThat(trailer.keyIndex()).isEqualTo(200);
    }

    @Test
    void noIvComesTwiceForAnSsrc() {
        both(0, KEY);
        byte[] before = {};
        for (int i = 0; i < 200; i++) {
            byte[] sealed =
                    sender.seal(FrameCodec.OPUS, true, new byte[9], 1, 1000).orElseThrow();
            byte[] iv = LiveKitTrailer.parse(sealed).orElseThrow().iv();
            assertThat(iv).isNotEqualTo(before);
            before = iv;
        }
    }

    @Test
    void followsARatchetUpToTheWindowAndNoFurther() {
        both(0, KEY);
        for (int i = 0; i < LiveKitReceiver.RATCHET_WINDOW; i++) {
            assertThat(mine.ratchet()).isTrue();
        }
        byte[] old = seal(FrameCodec.OPUS, true, new byte[20]);
        assertThat(receiver.open(FrameCodec.OPUS, true, old)).isInstanceOf(Plain.class);
        assertThat(theirs.step(0)).isEqualTo(LiveKitReceiver.RATCHET_WINDOW);

        for (int i = 0; i <= LiveKitReceiver.RATCHET_WINDOW; i++) {
            mine.ratchet();
        }
        assertThat(receiver.open(FrameCodec.OPUS, true, seal(FrameCodec.OPUS, true, new byte[20])))
                .isEqualTo(new Refused(NOT_AUTHENTIC));
        assertThat(theirs.step(0)).as("left where it was").isEqualTo(LiveKitReceiver.RATCHET_WINDOW);
        theirs.set(0, KEY);
        assertThat(theirs.step(0)).isZero();
    }

    @Test
    void aRatchetedReceiverDoesNotGoBack() {
        both(0, KEY);
        byte[] before = seal(FrameCodec.OPUS, true, new byte[20]);
        mine.ratchet();
        receiver.open(FrameCodec.OPUS, true, seal(FrameCodec.OPUS, true, new byte[20]));

        assertThat(receiver.open(FrameCodec.OPUS, true, before)).isEqualTo(new Refused(NOT_AUTHENTIC));
    }

    @Test
    void givesAKeyUpAfterTooManyFailuresAndTriesANewOne() {
        mine.set(0, KEY);
        theirs.set(0, OTHER_KEY);
        byte[] sealed = seal(FrameCodec.VP8, true, new byte[50]);
        for (int i = 0; i <= KeyRing.FAILURE_TOLERANCE; i++) {
            assertThat(receiver.open(FrameCodec.VP8, true, sealed)).isEqualTo(new Refused(NOT_AUTHENTIC));
        }
        assertThat(receiver.open(FrameCodec.VP8, true, sealed)).isEqualTo(new Refused(KEY_GIVEN_UP));

        theirs.set(0, KEY);
        assertThat(receiver.open(FrameCodec.VP8, true, sealed)).isInstanceOf(Plain.class);
    }

    @Test
    void keepsTheOldKeyWhileTheNextOneIsBeingSentWith() {
        both(0, KEY);
        byte[] old = seal(FrameCodec.OPUS, true, new byte[20]);
        both(1, OTHER_KEY);
        byte[] young = seal(FrameCodec.OPUS, true, new byte[20]);

        assertThat(receiver.open(FrameCodec.OPUS, true, young)).isInstanceOf(Plain.class);
        assertThat(receiver.open(FrameCodec.OPUS, true, old)).isInstanceOf(Plain.class);
    }

    @Test
    void namesTheKeyThatIsMissing() {
        both(1, KEY);
        byte[] sealed = seal(FrameCodec.OPUS, true, new byte[20]);

        for (int index : new int[] {2, 16, 17, 255}) {
            sealed[sealed.length - 1] = (byte) index;
            assertThat(receiver.open(FrameCodec.OPUS, true, sealed)).isEqualTo(new Refused(UNKNOWN_KEY));
        }
        assertThat(new LiveKitSender(new KeyRing(1), random).seal(FrameCodec.OPUS, true, new byte[5], 1, 1))
                .isEmpty();
    }

    @Test
    void letsTheServersBlankFramesThroughAndNoOther() {
        both(0, KEY);
        byte[] silence = Arrays.copyOf(new byte[] {(byte) 0xf8, (byte) 0xff, (byte) 0xfe}, 80);
        byte[] vp8 = HexFormat.of().parseHex("1002009d012a0800080000470885858885848802020" + "00c0d6000feffab5080");

        assertThat(plain(receiver.open(FrameCodec.OPUS, true, marked(silence)))).isEqualTo(silence);
        assertThat(plain(receiver.open(FrameCodec.VP8, true, marked(vp8)))).isEqualTo(vp8);
        silence[40] = 1;
        assertThat(receiver.open(FrameCodec.OPUS, true, marked(silence))).isEqualTo(new Refused(UNKNOWN_INJECTION));
        assertThat(new LiveKitReceiver(theirs, new byte[0]).open(FrameCodec.VP8, true, marked(vp8)))
                .isEqualTo(new Refused(MALFORMED));
    }

    @ParameterizedTest
    @EnumSource(FrameCodec.class)
    void noiseIsNeverAFrameAndNeverThrows(FrameCodec codec) {
        for (int i = 0; i < 20_000; i++) {
            theirs.set(0, KEY);
            byte[] noise = bytes(random, 1 + random.nextInt(60));
            if (random.nextBoolean() && noise.length > 1) {
                noise[noise.length - 1] = 0;
                noise[noise.length - 2] = 12;
            }
            assertThat(receiver.open(codec, random.nextBoolean(), noise))
                    .as("seed %d", SEED)
                    .isInstanceOf(Refused.class);
        }
    }

    private void both(int index, KeyRatchet key) {
        mine.set(index, key);
        theirs.set(index, key);
    }

    private byte[] seal(FrameCodec codec, boolean keyFrame, byte[] frame) {
        return sender.seal(codec, keyFrame, frame, random.nextInt(5), random.nextInt() & 0xffffffffL)
                .orElseThrow();
    }

    private static byte[] marked(byte[] frame) {
        byte[] out = Arrays.copyOf(frame, frame.length + TRAILER.length);
        System.arraycopy(TRAILER, 0, out, frame.length, TRAILER.length);
        return out;
    }
}
