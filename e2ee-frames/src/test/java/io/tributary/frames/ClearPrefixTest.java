package io.tributary.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClearPrefixTest {
    private static final long SEED = Long.getLong("test.seed", 20_261_121);

    @ParameterizedTest
    @EnumSource
    void noFrameHasLessInTheClearThanTheLeast(FrameCodec codec) {
        var random = new Random(SEED);
        for (int round = 0; round < 20_000; round++) {
            byte[] frame = new byte[random.nextInt(40)];
            for (int i = 0; i < frame.length; i++) {
                frame[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(2)); // start codes
            }
            int least = Math.min(frame.length, ClearPrefix.leastOfLiveKit(codec));
            assertThat(ClearPrefix.ofLiveKit(codec, random.nextBoolean(), frame).sizeBytes())
                    .as("seed %d, round %d", SEED, round)
                    .isGreaterThanOrEqualTo(least);
        }
    }
}
