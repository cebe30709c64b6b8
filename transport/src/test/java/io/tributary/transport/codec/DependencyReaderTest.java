package io.tributary.transport.codec;

import static io.tributary.transport.codec.CodecPackets.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tributary.transport.codec.DescriptorBits.Template;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/// Dependency descriptors, through AV1's reader: the structures that the AV1 RTP payload format prints in
/// A.10.2, and what a browser sent.
class DependencyReaderTest {
    /// A.10.2.1.
    private static final List<Template> L1T3 = List.of(
            row(0, 0, List.of(), List.of(0), "SSS"),
            row(0, 0, List.of(4), List.of(4), "SSS"),
            row(0, 1, List.of(2), List.of(2), "SD-"),
            row(0, 2, List.of(1), List.of(1), "D--"),
            row(0, 2, List.of(1), List.of(3), "D--"));

    /// A.10.2.2, with decode targets from the highest down.
    private static final List<Template> L3T3 = List.of(
            row(0, 0, List.of(), List.of(0, 0, 0), "SSSSSSSSS"),
            row(0, 0, List.of(12), List.of(12, 11, 10), "RRRRRRSSS"),
            row(0, 1, List.of(6), List.of(6, 5, 4), "RR-RR-SD-"),
            row(0, 2, List.of(3), List.of(3, 2, 1), "R--R--D--"),
            row(0, 2, List.of(3), List.of(9, 8, 7), "R--R--D--"),
            row(1, 0, List.of(1), List.of(1, 1, 1), "SSSSSS---"),
            row(1, 0, List.of(12, 1), List.of(1, 1, 1), "RRRSSS---"),
            row(1, 1, List.of(6, 1), List.of(7, 6, 5), "RR-SD----"),
            row(1, 2, List.of(3, 1), List.of(4, 3, 2), "R--D-----"),
            row(1, 2, List.of(3, 1), List.of(10, 9, 8), "R--D-----"),
            row(2, 0, List.of(1), List.of(2, 1, 1), "SSS------"),
            row(2, 0, List.of(12, 1), List.of(2, 1, 1), "SSS------"),
            row(2, 1, List.of(6, 1), List.of(8, 7, 6), "SD-------"),
            row(2, 2, List.of(3, 1), List.of(5, 4, 3), "D--------"),
            row(2, 2, List.of(3, 1), List.of(11, 10, 9), "D--------"));

    private static final List<Integer> L3T3_PROTECTED_BY = List.of(2, 2, 2, 1, 1, 1, 0, 0, 0);

    /// From Chromium, L3T3; published in the tests of livekit-server and others as a traffic capture.
    private static final String RECORDED_KEY_FRAME =
            "c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082"
                    + "b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d";

    private static final byte[] PAYLOAD = bytes("10 00");
    private static final byte[] KEY_PAYLOAD = bytes("18 00");

    private final CodecPackets packets = new CodecPackets();
    private final PayloadReader reader = PayloadReader.of(Codec.AV1);
    private final FrameFacts facts = new FrameFacts();
    private long seq = 1000;

    @Test
    void readsWhatABrowserSends() {
        assertThat(read(RECORDED_KEY_FRAME)).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.spatialLayers).isEqualTo(3);
        assertThat(dependencies().targets).isEqualTo(9);
        assertThat(dependencies().chains).isEqualTo(3);
        assertThat(dependencies().frameNumber).isEqualTo(0x172);

        var frames = new ArrayList<Tuple>();
        for (String hex : List.of("86017340fc", "46017340fc", "c3017540fc", "88017640fc", "c2017840fc", "8b0174")) {
            assertThat(read(hex)).as(hex).isTrue();
            frames.add(tuple(dependencies().frameNumber, facts.spatialId, facts.temporalId, facts.startsFrame));
        }
        assertThat(frames)
                .containsExactly(
                        tuple(0x173, 1, 0, true),
                        tuple(0x173, 1, 0, false),
                        tuple(0x175, 0, 2, true),
                        tuple(0x176, 1, 2, true),
                        tuple(0x178, 0, 1, true),
                        tuple(0x174, 2, 0, true));
    }

    @Test
    void tellsLayersOfFullScalability() {
        readL3T3KeyPicture();
        delta(1, 112, 12);
        assertThat(facts.interPicture).isTrue();
        assertThat(facts.neededFor(2, 2)).isTrue();
        assertThat(facts.neededFor(0, 0)).isTrue();
        assertThat(facts.temporalReach(0, 0)).as("the base layer allows it").isGreaterThanOrEqualTo(2);
        assertThat(facts.temporalReach(2, 0))
                .as("not for the highest, which refers on")
                .isZero();
        delta(14, 113, 12);
        assertThat(facts.spatialId).isEqualTo(2);
        assertThat(facts.discardable).isTrue();
        assertThat(facts.neededFor(2, 2)).isTrue();
        assertThat(facts.neededFor(2, 1)).isFalse();
        assertThat(facts.neededFor(1, 2)).isFalse();
    }

    @Test
    void aFrameThatRefersToItsOwnPictureOnlyStartsItsLayer() {
        readL3T3KeyPicture();
        assertThat(facts.spatialId).isEqualTo(2);
        assertThat(facts.interLayer).isTrue();
        assertThat(facts.interPicture).isFalse();
        assertThat(facts.startsSpatialLayer()).isTrue();
        assertThat(facts.keyframe).as("not for somebody new").isFalse();
        delta(11, 103, 3);
        assertThat(facts.startsSpatialLayer()).isFalse();
    }

    @Test
    void followsTheTargetsThatAreActive() {
        readL3T3KeyPicture();
        // Targets 3 to 8: two spatial layers are left.
        byte[] some = DescriptorBits.frame(true, true, 1, 112)
                .flags("01000")
                .f(9, 0b1_1111_1000)
                .bytes();
        read(some, 12, PAYLOAD);
        assertThat(facts.spatialLayers).isEqualTo(2);
        assertThat(dependencies().targetFor(2, 2)).as("as high as there is").isEqualTo(3);
        assertThat(facts.endsPictureFor(0)).isTrue();
        assertThat(facts.endsPictureFor(2)).isFalse();
        delta(6, 113, 12);
        assertThat(dependencies().activeTargets).isEqualTo(0b1_1111_1000);
        assertThat(facts.neededFor(2, 2)).isTrue();
        assertThat(facts.endsPictureFor(2)).isTrue();
    }

    @Test
    void readsCustomFields() {
        readL3T3KeyPicture();
        byte[] custom = DescriptorBits.frame(true, false, 1, 140)
                .flags("00111")
                .indications("--------D")
                .frameDiffs(40, 4000, 3)
                .f(8, 200)
                .f(8, 1)
                .f(8, 0)
                .bytes();
        read(custom, 12, PAYLOAD);
        FrameDependencies read = dependencies();
        assertThat(Arrays.copyOf(read.frameDiffs, read.frameDiffCount)).containsExactly(40, 4000, 3);
        assertThat(read.chainDiffs[0] & 0xFF).isEqualTo(200);
        assertThat(facts.neededFor(0, 0)).isTrue();
        assertThat(facts.neededFor(2, 2)).isFalse();
        assertThat(facts.discardable).isTrue();
    }

    @Test
    void packetsFromBeforeAKeyFrameAreReadAfterIt() {
        key(L1T3, List.of(0, 0, 0), 10, 500, 1);
        long late = seq + 1;
        seq += 5;
        key(L3T3, L3T3_PROTECTED_BY, 40, 510, 2);
        assertThat(facts.spatialLayers).isEqualTo(3);
        byte[] old = DescriptorBits.frame(true, true, 12, 501).bytes();
        assertThat(reader.read(packets.packet(late, 1, true, old, PAYLOAD), late, facts))
                .isTrue();
        assertThat(facts.temporalId).isEqualTo(1);
        assertThat(dependencies().targets).isEqualTo(3);
        read(DescriptorBits.frame(true, true, 41, 522).bytes(), 3, PAYLOAD);
        assertThat(dependencies().targets).isEqualTo(9);
    }

    @Test
    void refusesFramesOfAStructureThatNeverCame() {
        assertThat(read("8b0174")).isFalse();
        assertThat(facts.dependencies).isNull();
        key(L1T3, List.of(0, 0, 0), 10, 500, 1);
        assertThat(read(DescriptorBits.frame(true, true, 15, 501).bytes(), 2, PAYLOAD))
                .isFalse();
        assertThat(read(DescriptorBits.frame(true, true, 14, 501).bytes(), 2, PAYLOAD))
                .isTrue();
    }

    @Test
    void aBrokenStructureLeavesTheOneBeforeInPlace() {
        key(L1T3, List.of(0, 0, 0), 10, 500, 1);
        byte[] whole = keyFrame(L3T3, L3T3_PROTECTED_BY, 40, 510);
        for (int length = 3; length < whole.length; length++) {
            assertThat(read(Arrays.copyOf(whole, length), 2, KEY_PAYLOAD))
                    .as("%d of %d bytes", length, whole.length)
                    .isFalse();
        }
        assertThat(read(DescriptorBits.frame(true, true, 11, 511).bytes(), 3, PAYLOAD))
                .isTrue();
    }

    @Test
    void writesAnotherFrameNumberAndOtherTargets() {
        readL3T3KeyPicture();
        assertRewritten(DescriptorBits.frame(true, true, 1, 112).bytes());
        assertRewritten(DescriptorBits.frame(true, true, 1, 112)
                .flags("01000")
                .f(9, 0x1FF)
                .bytes());
        assertRewritten(DescriptorBits.frame(true, false, 1, 140)
                .flags("00111")
                .indications("-----R--D")
                .frameDiffs(40, 4000, 3)
                .f(8, 200)
                .f(8, 1)
                .f(8, 0)
                .bytes());
        assertRewritten(keyFrame(L3T3, L3T3_PROTECTED_BY, 40, 150));
    }

    private void assertRewritten(byte[] source) {
        seq++;
        RtpPacket packet = packets.packet(seq, 50, true, source, PAYLOAD);
        assertThat(reader.read(packet, seq, facts)).isTrue();
        FrameDependencies before = dependencies();
        long indications = before.indications;
        int[] diffs = Arrays.copyOf(before.frameDiffs, before.frameDiffCount);
        int found = packet.find(HeaderExtension.DEPENDENCY_DESCRIPTOR);
        byte[] target = new byte[300];
        int length = DependencyDescriptor.rewrite(packet.array(), found >>> 8, before, 0x1BEEF, 0b11, target, 7);
        assertThat(length).isLessThanOrEqualTo(source.length + DependencyDescriptor.MAX_GROWTH_BYTES);
        assertThat(read(Arrays.copyOfRange(target, 7, 7 + length), 50, PAYLOAD)).isTrue();
        FrameDependencies after = dependencies();
        assertThat(after.frameNumber).isEqualTo(0xBEEF);
        assertThat(after.activeTargets).isEqualTo(0b11);
        assertThat(after.indications).isEqualTo(indications);
        assertThat(Arrays.copyOf(after.frameDiffs, after.frameDiffCount)).isEqualTo(diffs);
    }

    /// All three frames of a key picture; frame numbers from 100, template ids from 0.
    private void readL3T3KeyPicture() {
        key(L3T3, L3T3_PROTECTED_BY, 0, 100, 1);
        assertThat(facts.keyframe).isTrue();
        delta(5, 101, 1);
        delta(10, 102, 1);
    }

    private void key(List<Template> templates, List<Integer> protectedBy, int offset, int frameNumber, int timestamp) {
        assertThat(read(keyFrame(templates, protectedBy, offset, frameNumber), timestamp, KEY_PAYLOAD))
                .isTrue();
    }

    private static byte[] keyFrame(List<Template> templates, List<Integer> protectedBy, int offset, int frameNumber) {
        return DescriptorBits.frame(true, true, offset, frameNumber)
                .flags("10000")
                .structure(offset, protectedBy, templates)
                .bytes();
    }

    private void delta(int templateId, int frameNumber, int timestamp) {
        assertThat(read(
                        DescriptorBits.frame(true, true, templateId, frameNumber)
                                .bytes(),
                        timestamp,
                        PAYLOAD))
                .isTrue();
    }

    private FrameDependencies dependencies() {
        return Objects.requireNonNull(facts.dependencies);
    }

    private boolean read(String hex) {
        return read(bytes(hex), 1, PAYLOAD);
    }

    private boolean read(byte[] descriptor, int timestamp, byte[] payload) {
        seq++;
        return reader.read(packets.packet(seq, timestamp, false, descriptor, payload), seq, facts);
    }

    private static Template row(
            int spatial, int temporal, List<Integer> frameDiffs, List<Integer> chainDiffs, String indications) {
        return new Template(spatial, temporal, frameDiffs, chainDiffs, indications);
    }
}
