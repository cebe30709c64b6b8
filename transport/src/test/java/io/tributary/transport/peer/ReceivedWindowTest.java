package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReceivedWindowTest {
    @Test
    void acceptsEachPacketOnceWhateverTheOrder() {
        long seed = 17;
        var random = new Random(seed);
        var window = new ReceivedWindow();
        Set<Long> seen = new HashSet<>();
        long highest = 70_000;
        window.add(highest);
        seen.add(highest);
        for (int i = 0; i < 100_000; i++) {
            long seq = highest + random.nextInt(-ReceivedWindow.PACKETS - 50, 40);
            if (window.tooOld(seq)) {
                assertThat(seq).as("seed %d", seed).isLessThanOrEqualTo(highest - ReceivedWindow.PACKETS);
                continue;
            }
            assertThat(window.add(seq)).as("seed %d, packet %d", seed, seq).isEqualTo(seen.add(seq));
            highest = Math.max(highest, seq);
        }
    }

    @Test
    void forgetsEverythingOnALongJump() {
        var window = new ReceivedWindow();
        window.add(100);
        assertThat(window.add(100 + 5 * ReceivedWindow.PACKETS)).isTrue();
        assertThat(window.tooOld(100)).isTrue();
        assertThat(window.add(99 + 5 * ReceivedWindow.PACKETS)).isTrue();
    }
}
