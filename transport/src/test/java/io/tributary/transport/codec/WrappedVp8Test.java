package io.tributary.transport.codec;

import static io.tributary.transport.codec.CodecPackets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.rtp.Codec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// VP8 whose frames may be encrypted with their headers: what begins them is an SFrame's header, or VP8's own.
class WrappedVp8Test {
    private static final String DESCRIPTOR = "90 e0 9234 7f 20";

    private final PayloadReader reader = PayloadReader.of(Codec.VP8, 0);
    private final CodecPackets packets = new CodecPackets();
    private final FrameFacts facts = new FrameFacts();
    private long seq;

    /// RFC 9605 appendix C has these headers: key ids and counters of one byte, two and eight.
    @ParameterizedTest
    @ValueSource(strings = {"08 ff", "09 0100", "0a 010000", "78 ff", "79 ffff", "f8 01234567 89abcdef ff", "0f ffff"})
    void nothingTellsAKeyFrameOfAnSFrame(String header) {
        assertThat(read(DESCRIPTOR + header)).isTrue();
        assertThat(facts.startsFrame).isTrue();
        assertThat(facts.keyframe).isFalse();
        assertThat(facts.keyframeHidden).isTrue();
        assertThat(facts.temporalId).isZero();
        assertThat(facts.pictureId).isEqualTo(0x1234);
    }

    @Test
    void onlyAFramesFirstPacketHidesAnything() {
        assertThat(read("80 e0 9234 7f 20" + "09 0100")).isTrue();
        assertThat(facts.keyframeHidden).isFalse();
    }

    /// A scheme that leaves VP8's header in the clear, as LiveKit's does.
    @Test
    void aHeaderInTheClearTellsKeyFrames() {
        assertThat(read(DESCRIPTOR + "50 4200 9d012a 4001 b400")).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.keyframeHidden).isFalse();
        assertThat(read(DESCRIPTOR + "f1 4200")).isTrue();
        assertThat(facts.keyframe).isFalse();
        assertThat(facts.keyframeHidden).isFalse();
    }

    /// Where frames are known to begin as they were encoded, the first bit is all that counts.
    @Test
    void aHeaderThatIsKnownToBeClearIsBelieved() {
        PayloadReader believing = PayloadReader.of(Codec.VP8, Vp8Payload.READ_BYTES);
        byte[] payload = bytes(DESCRIPTOR + "08 ff");
        assertThat(believing.read(packets.packet(1, 0, true, new byte[0], payload), 1, facts))
                .isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.keyframeHidden).isFalse();
    }

    private boolean read(String hex) {
        byte[] payload = bytes(hex);
        return reader.read(packets.packet(++seq, 0, true, new byte[0], payload), seq, facts);
    }
}
