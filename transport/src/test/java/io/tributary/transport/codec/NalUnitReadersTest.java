package io.tributary.transport.codec;

import static io.tributary.transport.codec.CodecPackets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.rtp.Codec;
import org.junit.jupiter.api.Test;

/// H.264 and H.265 by their NAL unit headers, packed as RFC 6184 §5.6 to §5.8 and RFC 7798 §4.4 say.
class NalUnitReadersTest {
    private final CodecPackets packets = new CodecPackets();
    private final FrameFacts facts = new FrameFacts();
    private PayloadReader reader = PayloadReader.of(Codec.H264);
    private long seq = 70_000;

    @Test
    void h264StartsAtParameterSetsAloneOrTogether() {
        assertThat(read("67 42e01f", 1, false)).as("a single unit").isTrue();
        assertThat(facts.keyframe).isTrue();
        // STAP-A: SPS, PPS, and the beginning of an IDR picture
        assertThat(read("78 0004 6742e01f 0002 68ce 0003 65b800", 2, true)).isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(facts.startsFrame).isTrue();
        assertThat(facts.endsPicture).isTrue();
        assertThat(facts.interPicture).isFalse();
    }

    @Test
    void h264TellsFramesByTheirTimestamps() {
        read("67 42e01f", 1, false);
        assertThat(read("7c 85 b8", 1, false)).as("FU-A, an IDR slice begins").isTrue();
        assertThat(facts.keyframe)
                .as("a receiver needs the parameter sets before it")
                .isFalse();
        assertThat(facts.interPicture).isFalse();
        assertThat(facts.startsFrame).isFalse();
        assertThat(read("7c 45 b8", 1, true)).as("FU-A, its end").isTrue();
        assertThat(facts.endsFrame).isTrue();
        assertThat(read("41 9a", 2, true)).isTrue();
        assertThat(facts.startsFrame).isTrue();
        assertThat(facts.discardable).isFalse();
        assertThat(read("01 9a", 3, true)).isTrue();
        assertThat(facts.discardable).as("nal_ref_idc 0").isTrue();
        seq++;
        assertThat(read("41 9a", 4, false)).isTrue();
        assertThat(facts.startsFrame).as("nobody knows after a loss").isFalse();
    }

    @Test
    void h264RefusesWhatNobodyMaySend() {
        for (String hex : new String[] {
            "", "00", "1e", "7c", "7c 85", "78 00", "78 0004 6742", "78 0000", "79 0000 0001 67", "7d 85 00"
        }) {
            assertThat(read(hex, 1, false)).as(hex).isFalse();
        }
    }

    @Test
    void h265StartsAtTheFirstParameterSetOfAPicture() {
        reader = PayloadReader.of(Codec.H265);
        assertThat(read("40 01 0c", 1, false)).as("VPS").isTrue();
        assertThat(facts.keyframe).isTrue();
        assertThat(read("42 01 01", 1, false)).as("SPS").isTrue();
        assertThat(facts.keyframe).as("the same picture's").isFalse();
        assertThat(read("62 01 93 af", 1, false)).as("FU, IDR begins").isTrue();
        assertThat(facts.interPicture).isFalse();
        assertThat(read("62 01 53 af", 1, true)).as("FU, IDR ends").isTrue();
        assertThat(facts.startsFrame).isFalse();
        // AP: VPS, SPS, PPS
        assertThat(read("60 01 0003 40010c 0003 420101 0003 4401c1", 2, false)).isTrue();
        assertThat(facts.keyframe).isTrue();
    }

    @Test
    void h265TellsTemporalLayersAndWhereToStepUp() {
        reader = PayloadReader.of(Codec.H265);
        assertThat(read("02 01 d0", 1, true)).as("TRAIL_R").isTrue();
        assertThat(facts.discardable).isFalse();
        assertThat(read("04 02 d0", 2, true)).as("TSA_N of the next layer").isTrue();
        assertThat(facts.temporalId).isEqualTo(1);
        assertThat(facts.discardable).isTrue();
        assertThat(facts.temporalReach(0, 0)).isEqualTo(1);
        assertThat(read("00 02 d0", 3, true)).as("TRAIL_N").isTrue();
        assertThat(facts.temporalReach(0, 0)).isZero();
    }

    @Test
    void h265RefusesWhatNobodyMaySend() {
        reader = PayloadReader.of(Codec.H265);
        for (String hex : new String[] {"", "40", "40 01", "62 01 93", "60 01 00", "60 01 0009 4001", "64 01 00 00"}) {
            assertThat(read(hex, 1, false)).as(hex).isFalse();
        }
    }

    private boolean read(String hex, int timestamp, boolean marker) {
        return reader.read(packets.packet(++seq, timestamp, marker, new byte[0], bytes(hex)), seq, facts);
    }
}
