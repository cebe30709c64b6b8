package io.tributary.transport.codec;

import static io.tributary.transport.codec.CodecPackets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.rtp.Codec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// Descriptors as libwebrtc writes them, laid out after the figures of RFC 9628 §4.2.
class Vp9PayloadTest {
    private final CodecPackets packets = new CodecPackets();
    private final PayloadReader reader = PayloadReader.of(Codec.VP9);
    private final FrameFacts facts = new FrameFacts();
    private long seq = 70_000;

    /// Of a key picture of L3T3_KEY: I L F B V, picture id 0x1234, SID 0; three layers, each with its
    /// resolution.
    private static final String KEY = "ba 9234 00 50 014000b4 02800168 050002d0 82";

    @Test
    void readsAKeyPictureWithItsStructure() {
        assertThat(read(KEY, false)).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.startsFrame).isTrue();
        assertThat(facts.endsFrame).isFalse();
        assertThat(facts.pictureId).isEqualTo(0x1234);
        assertThat(facts.spatialLayers).isEqualTo(3);
        assertThat(facts.descriptorLength).isEqualTo(17);
        // I L F B E, SID 1, D: predicted from below
        assertThat(read("bc 9234 03 00", false)).isTrue();
        assertThat(facts.keyframe).isFalse();
        assertThat(facts.startsSpatialLayer()).isTrue();
        assertThat(facts.spatialLayers).as("remembered").isEqualTo(3);
        assertThat(facts.referencedAbove).isTrue();
        assertThat(facts.neededFor(2, 0)).isTrue();
        assertThat(facts.neededFor(0, 0)).isFalse();
        assertThat(facts.endsPictureFor(1)).isTrue();
        assertThat(facts.endsPictureFor(2)).isFalse();
    }

    @Test
    void ofLaterPicturesOnlyTheOwnLayerIsNeeded() {
        read(KEY, false);
        // I P L F B E Z, TID 0 U SID 1, one reference
        assertThat(read("fd 9235 12 02 00", false)).isTrue();
        assertThat(facts.interPicture).isTrue();
        assertThat(facts.switchingUp).isTrue();
        assertThat(facts.neededFor(2, 2))
                .as("a layer below that nothing above refers to")
                .isFalse();
        assertThat(facts.neededFor(1, 2)).isTrue();
        assertThat(facts.startsSpatialLayer()).isFalse();
        assertThat(facts.temporalReach(1, 0)).isEqualTo(FrameFacts.HIGHEST_TEMPORAL_LAYER);
        // TID 2, SID 1
        assertThat(read("fd 9236 42 03 04 00", false)).isTrue();
        assertThat(facts.descriptorLength).isEqualTo(6);
        assertThat(facts.neededFor(1, 1)).isFalse();
        assertThat(facts.temporalReach(1, 0)).isZero();
    }

    @Test
    void ofLayersNoLongerSentTheHighestLeftIsWhatCounts() {
        read(KEY, false);
        read("be 9240 00 30 014000b4 02800168 82", false);
        assertThat(facts.spatialLayers).isEqualTo(2);
        assertThat(read("fd 9241 12 02 00", true)).isTrue();
        assertThat(facts.neededFor(2, 2)).isTrue();
        assertThat(facts.endsPictureFor(2)).isTrue();
    }

    @Test
    void readsNonFlexibleModeWithAPictureGroup() {
        // I L B E V without F: 7-bit picture id, TL0PICIDX, two pictures in a group with one and two references
        assertThat(read("ae 11 00 2a 08 02 04 01 28 01 02 82", true)).isTrue();
        assertThat(facts.tl0PicIdx).isEqualTo(0x2a);
        assertThat(facts.pictureIdBits).isEqualTo(7);
        assertThat(facts.spatialLayers).isEqualTo(1);
        assertThat(facts.descriptorLength).isEqualTo(11);
        assertThat(facts.endsPicture).isTrue();
    }

    @Test
    void refusesDescriptorsThatEndTooSoon() {
        for (String whole : new String[] {KEY, "fd 9236 42 03 04 00", "ae 11 00 2a 08 02 04 01 28 01 02 82"}) {
            byte[] bytes = bytes(whole);
            for (int length = 0; length < bytes.length; length++) {
                assertThat(read(Arrays.copyOf(bytes, length), false))
                        .as("%d bytes of %s", length, whole)
                        .isFalse();
            }
        }
        assertThat(read("fd 9236 42 03 05 07 00", false))
                .as("a fourth reference")
                .isFalse();
    }

    @Test
    void rewritesNumbersAndLeavesTheRest() {
        assertThat(rewrite("ae 11 00 2a 08 02 04 01 28 01 02 82", 0x185, 0x17B)).isEqualTo("ae05007b");
        assertThat(rewrite(KEY, 0x7ABC, 9)).isEqualTo("bafabc");
        assertThat(rewrite("0c 00", 1, 2)).isEqualTo("0c");
    }

    private String rewrite(String hex, int pictureId, int tl0PicIdx) {
        byte[] source = bytes(hex);
        assertThat(Vp9Payload.parse(source, 0, source.length, facts)).isTrue();
        byte[] target = new byte[Vp9Payload.MAX_REWRITTEN_BYTES];
        int length = Vp9Payload.rewrite(source, 0, facts, pictureId, tl0PicIdx, target, 0);
        return HexFormat.of().formatHex(target, 0, length);
    }

    private boolean read(String hex, boolean marker) {
        return reader.read(packets.packet(++seq, 1, marker, new byte[0], bytes(hex)), seq, facts);
    }

    private boolean read(byte[] payload, boolean marker) {
        return reader.read(packets.packet(++seq, 1, marker, new byte[0], payload), seq, facts);
    }
}
