package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResendBudgetTest {
    private static final int PACKET_BYTES = 1_200;

    private final ResendBudget budget = new ResendBudget();

    @Test
    void coversABurstBeforeAnythingWasSent() {
        for (int i = 0; i < ResendBudget.BURST_BYTES / PACKET_BYTES; i++) {
            assertThat(budget.covers(PACKET_BYTES)).isTrue();
            budget.spend(PACKET_BYTES);
        }
        assertThat(budget.covers(1)).isFalse();
    }

    @Test
    void savesUpNoMoreThanABurst() {
        for (int i = 0; i < 100_000; i++) {
            budget.onSent(PACKET_BYTES);
        }
        assertThat(budget.covers(ResendBudget.BURST_BYTES)).isTrue();
        assertThat(budget.covers(ResendBudget.BURST_BYTES + 1)).isFalse();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isNeverMoreThanAQuarterOfTheMediaAndABurst(long seed) {
        var random = new SplittableRandom(Long.getLong("test.seed", seed));
        long sent = 0;
        long resent = 0;
        for (int i = 0; i < 50_000; i++) {
            int size = random.nextInt(50, PACKET_BYTES);
            if (random.nextInt(3) == 0) {
                budget.onSent(size);
                sent += size;
            } else if (budget.covers(size)) {
                budget.spend(size);
                resent += size;
            }
            assertThat(resent)
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(sent / ResendBudget.MEDIA_PER_RESENT + ResendBudget.BURST_BYTES);
        }
        assertThat(resent).isGreaterThan(sent / 5);
    }
}
