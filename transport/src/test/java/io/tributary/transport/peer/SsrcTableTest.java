package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SsrcTableTest {
    @Test
    void agreesWithAHashMapOverRandomUse() {
        long seed = 23;
        var random = new Random(seed);
        var table = new SsrcTable<Integer>(random.nextInt());
        Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            int ssrc = random.nextInt(300) - 150; // few, so that hits, collisions and removals happen
            if (random.nextBoolean()) {
                table.remove(ssrc);
                model.remove(ssrc);
            } else if (table.get(ssrc) == null) {
                table.put(ssrc, i);
                model.put(ssrc, i);
            }
            assertThat(table.size()).isEqualTo(model.size());
            int probe = random.nextInt(300) - 150;
            assertThat(table.get(probe)).as("seed %d, ssrc %d", seed, probe).isEqualTo(model.get(probe));
        }
    }
}
