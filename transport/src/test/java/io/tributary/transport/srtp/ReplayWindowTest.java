package io.tributary.transport.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayWindowTest {
    private final ReplayWindow window = new ReplayWindow();

    @Test
    void knowsAnUnbrokenStreamFromWhatCameBeforeIt() {
        for (long index = 5_000; index < 9_000; index++) {
            assertThat(window.isFresh(index)).isTrue();
            window.mark(index);
            assertThat(window.isFresh(index)).isFalse();
        }
        assertThat(window.isFresh(8_999 - ReplayWindow.SIZE)).as("too old").isFalse();
    }

    @Test
    void takesWhatPrecedesTheFirst() {
        window.mark(100);
        window.mark(101);
        assertThat(window.isFresh(99)).isTrue();
        window.mark(99);
        assertThat(window.isFresh(99)).isFalse();
        assertThat(window.isFresh(100)).isFalse();
        assertThat(window.isFresh(98)).isTrue();
    }

    /// Runs of packets in order, with gaps, late ones, repeats and leaps, held against a set.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithASet(long seed) {
        var random = new Random(seed);
        Set<Long> marked = new HashSet<>();
        long highest = random.nextInt(3_000);
        window.mark(highest);
        marked.add(highest);
        for (int step = 0; step < 20_000; step++) {
            long index = switch (random.nextInt(step < 200 ? 1 : 12)) {
                case 8, 9 -> Math.max(0, highest - random.nextInt(2 * ReplayWindow.SIZE));
                case 10 -> highest + 2 + random.nextInt(30);
                case 11 -> random.nextInt(20) == 0 ? highest + random.nextInt(5_000) : highest;
                default -> highest + 1;
            };
            boolean fresh = index > highest || (highest - index < ReplayWindow.SIZE && !marked.contains(index));
            assertThat(window.isFresh(index))
                    .as("seed %d, step %d, %d", seed, step, index)
                    .isEqualTo(fresh);
            if (fresh) {
                window.mark(index);
                marked.add(index);
                highest = Math.max(highest, index);
            }
            assertThat(window.highest()).isEqualTo(highest);
        }
    }
}
