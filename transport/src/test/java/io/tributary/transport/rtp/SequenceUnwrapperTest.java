package io.tributary.transport.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceUnwrapperTest {
    @Test
    void goesOnCountingWhereTheWireWraps() {
        var unwrapper = new SequenceUnwrapper();
        assertThat(unwrapper.unwrap(65_534)).isEqualTo(65_534);
        assertThat(unwrapper.unwrap(65_535)).isEqualTo(65_535);
        assertThat(unwrapper.unwrap(1)).isEqualTo(65_537);
        assertThat(unwrapper.unwrap(0)).isEqualTo(65_536);
        assertThat(unwrapper.unwrap(65_535)).isEqualTo(65_535);
    }

    @Test
    void peekingChangesNothing() {
        var unwrapper = new SequenceUnwrapper();
        unwrapper.unwrap(10);
        assertThat(unwrapper.peek(30_000)).isEqualTo(30_000);
        assertThat(unwrapper.peek(60_000)).isEqualTo(60_000 - 65_536);
    }

    @Test
    void followsAnyWalkOfStepsBelowHalfTheRange() {
        for (long seed = 1; seed <= 50; seed++) {
            var random = new Random(seed);
            var unwrapper = new SequenceUnwrapper();
            long expected = random.nextInt(65_536);
            for (int i = 0; i < 5_000; i++) {
                assertThat(unwrapper.unwrap((int) (expected & 0xFFFF)))
                        .as("seed %d, step %d", seed, i)
                        .isEqualTo(expected);
                expected += random.nextInt(65_536) - 32_768;
            }
        }
    }
}
