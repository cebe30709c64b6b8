package io.tributary.frames;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tributary.transport.fuzz.Mutations;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What reads a frame before it is authenticated. Without `JAZZER_FUZZ` each target sees the inputs that are
/// checked in.
class FramesFuzzTest {
    @FuzzTest
    void sframeHeader(byte[] input) {
        assertThat(SFrameHeader.isStartOf(input, 0, input.length))
                .isEqualTo(SFrameHeader.parse(input).isPresent());
        SFrameHeader.parse(input).ifPresent(header -> {
            assertThat(header.sizeBytes()).isLessThanOrEqualTo(input.length);
            byte[] written = new byte[SFrameHeader.MAX_SIZE_BYTES];
            int length = header.write(written, 0);
            assertThat(SFrameHeader.parse(Arrays.copyOf(written, length))).contains(header);
        });
        ClearPrefix.ofSFrame(input);
    }

    @FuzzTest
    void liveKitTrailer(byte[] input) {
        LiveKitTrailer.parse(input).ifPresent(trailer -> {
            byte[] written = new byte[LiveKitTrailer.SIZE_BYTES];
            trailer.write(written, 0);
            assertThat(written)
                    .isEqualTo(Arrays.copyOfRange(input, input.length - LiveKitTrailer.SIZE_BYTES, input.length));
        });
        for (FrameCodec codec : FrameCodec.values()) {
            ClearPrefix prefix = ClearPrefix.ofLiveKit(codec, input.length % 2 == 0, input);
            assertThat(prefix.sizeBytes()).isBetween(0, input.length);
            LiveKitTrailer.find(codec, input.length % 2 == 0, input);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sframeHeader", "liveKitTrailer"})
    void standsMutationsOfItsInputs(String target) throws IOException {
        Mutations.run(
                FramesFuzzTest.class,
                target,
                switch (target) {
                    case "sframeHeader" -> this::sframeHeader;
                    case "liveKitTrailer" -> this::liveKitTrailer;
                    default -> throw new IllegalArgumentException(target);
                });
    }
}
