package io.tributary.transport.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Vp8PayloadTest {
    private final FrameFacts facts = new FrameFacts();

    @Test
    void readsWhatChromiumSendsForASimulcastKeyFrame() {
        // X S; I L T K; 15-bit picture id; TL0PICIDX; TID 0, Y 0, KEYIDX 5; a key frame's first byte
        assertThat(parse("90 f0 9234 7f 05 10 0000")).isTrue();
        assertThat(facts.startsFrame).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.pictureId).isEqualTo(0x1234);
        assertThat(facts.pictureIdBits).isEqualTo(15);
        assertThat(facts.tl0PicIdx).isEqualTo(127);
        assertThat(facts.temporalId).isZero();
        assertThat(facts.layerSync).isFalse();
        assertThat(facts.keyIdx).isEqualTo(5);
        assertThat(facts.descriptorLength).isEqualTo(6);
    }

    @Test
    void readsTheUpperTemporalLayer() {
        assertThat(parse("b0 e0 45 ff a0 01")).isTrue();
        assertThat(facts.discardable).isTrue();
        assertThat(facts.keyframe).isFalse();
        assertThat(facts.pictureId).isEqualTo(0x45);
        assertThat(facts.pictureIdBits).isEqualTo(7);
        assertThat(facts.tl0PicIdx).isEqualTo(255);
        assertThat(facts.temporalId).isEqualTo(2);
        assertThat(facts.layerSync).isTrue();
        assertThat(facts.keyIdx).isEqualTo(FrameFacts.NONE);
        assertThat(facts.descriptorLength).isEqualTo(5);
    }

    @Test
    void theShortestDescriptorIsOneByte() {
        assertThat(parse("10 00")).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.pictureId).isEqualTo(FrameFacts.NONE);
        assertThat(facts.descriptorLength).isEqualTo(1);
    }

    @Test
    void onlyTheFirstPacketOfTheFirstPartitionStartsAFrame() {
        parse("00 00");
        assertThat(facts.startsFrame).as("a continuation").isFalse();
        assertThat(facts.keyframe).isFalse();
        parse("11 00");
        assertThat(facts.startsFrame).as("the second partition").isFalse();
        assertThat(facts.keyframe).isFalse();
    }

    @Test
    void nothingOfThePacketBeforeRemains() {
        parse("90 f0 9234 7f 25 10");
        parse("00 01");
        assertThat(facts.pictureId).isEqualTo(FrameFacts.NONE);
        assertThat(facts.pictureIdBits).isZero();
        assertThat(facts.tl0PicIdx).isEqualTo(FrameFacts.NONE);
        assertThat(facts.keyIdx).isEqualTo(FrameFacts.NONE);
        assertThat(facts.layerSync).isFalse();
    }

    @Test
    void refusesDescriptorsThatEndTooSoon() {
        String whole = "90f092347f05";
        for (int digits = 0; digits <= whole.length(); digits += 2) {
            assertThat(parse(whole.substring(0, digits)))
                    .as("%d bytes", digits / 2)
                    .isFalse();
        }
        assertThat(parse(whole + "10")).isTrue();
    }

    @Test
    void rewritesNumbersAndLeavesTheRest() {
        assertThat(rewrite("90 f0 9234 7f c5 10", 0x7ABC, 0x1FF, 0x3A)).isEqualTo("90f0fabcffda");
        assertThat(rewrite("b0 e0 45 ff a0 01", 0x1FF, 3, 9)).isEqualTo("b0e07f03a0");
        assertThat(rewrite("90 80 45 01", 5, 3, 9)).isEqualTo("908005");
        assertThat(rewrite("10 00", 5, 3, 9)).isEqualTo("10");
        assertThat(rewrite("90 10 e5 00", 5, 3, 9)).as("KEYIDX alone").isEqualTo("9010e9");
    }

    @Test
    void whatIsRewrittenReadsBackAsAskedInTheSameShape() {
        long seed = 12;
        var random = new Random(seed);
        var again = new FrameFacts();
        byte[] target = new byte[20];
        int parsed = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            if (!Vp8Payload.parse(bytes, 0, bytes.length, facts)) {
                continue;
            }
            parsed++;
            int pictureId = random.nextInt(1 << 15);
            int tl0PicIdx = random.nextInt(256);
            int keyIdx = random.nextInt(32);
            int length = Vp8Payload.rewrite(bytes, 0, facts, pictureId, tl0PicIdx, keyIdx, target, 4);
            assertThat(length).isLessThanOrEqualTo(Vp8Payload.MAX_DESCRIPTOR_BYTES);
            target[4 + length] = bytes[length];
            String what = "seed " + seed + ", round " + round;
            assertThat(Vp8Payload.parse(target, 4, length + 1, again)).as(what).isTrue();
            assertThat(again.descriptorLength).as(what).isEqualTo(length);
            assertThat(again.pictureIdBits).as(what).isEqualTo(facts.pictureIdBits);
            if (facts.pictureIdBits > 0) {
                assertThat(again.pictureId).as(what).isEqualTo(pictureId & ((1 << facts.pictureIdBits) - 1));
            }
            assertThat(again.tl0PicIdx).as(what).isEqualTo(facts.tl0PicIdx < 0 ? FrameFacts.NONE : tl0PicIdx);
            assertThat(again.keyIdx).as(what).isEqualTo(facts.keyIdx < 0 ? FrameFacts.NONE : keyIdx);
            assertThat(again.temporalId).as(what).isEqualTo(facts.temporalId);
            assertThat(again.layerSync).as(what).isEqualTo(facts.layerSync);
            assertThat(again.keyframe).as(what).isEqualTo(facts.keyframe);
            assertThat(again.discardable).as(what).isEqualTo(facts.discardable);
        }
        assertThat(parsed).isGreaterThan(10_000);
    }

    private boolean parse(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] array = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, array, 3, bytes.length);
        return Vp8Payload.parse(array, 3, bytes.length, facts);
    }

    private String rewrite(String hex, int pictureId, int tl0PicIdx, int keyIdx) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(Vp8Payload.parse(bytes, 0, bytes.length, facts)).isTrue();
        byte[] target = new byte[10];
        int length = Vp8Payload.rewrite(bytes, 0, facts, pictureId, tl0PicIdx, keyIdx, target, 1);
        return HexFormat.of().formatHex(target, 1, 1 + length);
    }
}
