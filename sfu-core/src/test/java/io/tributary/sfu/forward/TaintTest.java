package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.TaintedCall.Tamper;
import io.tributary.sfu.track.FramePackets.Part;
import io.tributary.sfu.track.FrameProtection;
import io.tributary.transport.rtp.Codec;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The forwarding core looks at nothing that is encrypted: with noise wherever a frame is, it does to the bit what it
/// does with the frame. A failing seed is in the test's name.
class TaintTest {
    private static final int STEPS = 1_200;

    /// What a check for plaintext looks at, in a frame's last packet ([io.tributary.frames.LiveKitTrailer#isEndOf]).
    private static final int TRAILER_END_BYTES = 2;

    static Stream<Arguments> calls() {
        return Stream.of(Codec.OPUS, Codec.VP8, Codec.H264, Codec.VP9, Codec.AV1)
                .flatMap(codec -> IntStream.rangeClosed(1, 12).mapToObj(seed -> Arguments.of(codec, seed)));
    }

    /// LiveKit's frames, on a track that nobody checks for plaintext.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("calls")
    void noiseInPlaceOfWhatIsEncryptedChangesNothing(Codec codec, int seed) {
        noiseChangesNothing(codec, FrameProtection.NONE, seed);
    }

    /// Nothing is in the clear but the header of the SFrame, which is none of the codec's.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("calls")
    void noiseBehindTheHeaderOfAnSFrameChangesNothing(Codec codec, int seed) {
        noiseChangesNothing(codec, FrameProtection.SFRAME, seed);
    }

    /// `CUSTOM` may be any scheme. One that leaves clear what LiveKit's format does loses nothing by announcing it.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("calls")
    void whatLeavesAsMuchClearAsLiveKitsFramesIsForwardedAsTheyAre(Codec codec, int seed) {
        TaintedCall call = run(seed, codec, FrameProtection.LIVEKIT, Part::payload);
        TaintedCall custom = run(new TaintedCall(seed, codec, FrameProtection.SFRAME, false, Part::payload));

        assertThat(custom.log).isEqualTo(call.log);
    }

    private static void noiseChangesNothing(Codec codec, FrameProtection protection, int seed) {
        Random noise = new Random(seed);
        TaintedCall call = run(seed, codec, protection, Part::payload);
        TaintedCall tainted = run(seed, codec, protection, part -> part.tainted(noise));

        assertThat(tainted.log).isEqualTo(call.log);
        assertThat(tainted.counted()).isEqualTo(call.counted());
        assertThat(call.log.stream().filter(line -> line.startsWith("send")).count())
                .isGreaterThan(STEPS / 4);
        assertThat(call.log).anyMatch(line -> line.startsWith("resend"));
    }

    /// A track that announced encryption is looked at once more, for what its frames end with and for nothing else.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("calls")
    void theCheckForPlaintextReadsTheLastTwoBytesAndNoMore(Codec codec, int seed) {
        Random noise = new Random(seed);
        TaintedCall call = run(seed, codec, FrameProtection.LIVEKIT, Part::payload);
        TaintedCall tainted = run(seed, codec, FrameProtection.LIVEKIT, part -> {
            byte[] payload = part.tainted(noise);
            int from = Math.max(0, payload.length - TRAILER_END_BYTES);
            System.arraycopy(part.payload(), from, payload, from, payload.length - from);
            return payload;
        });

        assertThat(tainted.log).isEqualTo(call.log).doesNotContain("plaintext");
        assertThat(run(seed, codec, FrameProtection.LIVEKIT, part -> part.tainted(noise)).log)
                .as("noise is recognised as such")
                .contains("plaintext");
    }

    /// The test would notice: what may be read is read.
    @ParameterizedTest
    @EnumSource(names = {"VP8", "H264", "VP9", "AV1"})
    void noiseInWhatIsReadableDoesChangeThings(Codec codec) {
        TaintedCall call = run(1, codec, FrameProtection.NONE, Part::payload);
        TaintedCall other = run(1, codec, FrameProtection.NONE, part -> {
            byte[] payload = part.payload().clone();
            payload[0] ^= 0x19;
            return payload;
        });

        assertThat(other.log).isNotEqualTo(call.log);
    }

    /// Something happens in these calls.
    @ParameterizedTest
    @EnumSource(names = {"VP8", "H264"})
    void layersAreSwitchedAtKeyframes(Codec codec) {
        TaintedCall call = run(3, codec, FrameProtection.NONE, Part::payload);

        assertThat(call.switches).isGreaterThan(10);
    }

    /// Nor do they need more key frames than where somebody can tell.
    @Test
    void layersAreSwitchedWhereNothingTellsKeyframes() {
        TaintedCall call = run(3, Codec.VP8, FrameProtection.SFRAME, Part::payload);

        assertThat(call.switches).isGreaterThan(10);
        assertThat(call.log.stream().filter(line -> line.startsWith("forget"))).hasSizeLessThan(10);
    }

    private static TaintedCall run(long seed, Codec codec, FrameProtection protection, Tamper tamper) {
        return run(new TaintedCall(seed, codec, protection, protection == FrameProtection.SFRAME, tamper));
    }

    private static TaintedCall run(TaintedCall call) {
        for (int i = 0; i < STEPS; i++) {
            call.step();
        }
        call.track.close();
        assertThat(call.pool.outstanding()).isZero();
        return call;
    }
}
