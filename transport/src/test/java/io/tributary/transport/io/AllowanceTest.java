package io.tributary.transport.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllowanceTest {
    private static final long SECOND = 1_000_000;

    @Test
    void allowsABurstAndThenItsPace() {
        var allowance = new Allowance(10, 5);
        assertThat(taken(allowance, 0, 100)).isEqualTo(10);
        assertThat(taken(allowance, SECOND, 100)).isEqualTo(5);
        assertThat(taken(allowance, SECOND + SECOND / 5, 100)).isEqualTo(1);
    }

    @Test
    void neverHoldsMoreThanItsBurst() {
        var allowance = new Allowance(10, 5);
        assertThat(taken(allowance, 0, 10)).isEqualTo(10);
        assertThat(taken(allowance, Long.MAX_VALUE / 2, 100)).isEqualTo(10);
    }

    @Test
    void takesAllOrNone() {
        var allowance = new Allowance(10, 5);
        assertThat(allowance.take(0, 11)).isFalse();
        assertThat(allowance.take(0, 10)).isTrue();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        var allowance = new Allowance(1, 1);
        for (int i = 0; i < 100; i++) {
            assertThat(allowance.take(0)).isTrue();
            allowance.giveBack();
        }
        allowance.giveBack();
        assertThat(taken(allowance, 0, 100)).isEqualTo(1);
    }

    @Test
    void noLimitIsNone() {
        assertThat(taken(new Allowance(1, Integer.MAX_VALUE), 0, 100_000)).isEqualTo(100_000);
    }

    private static int taken(Allowance allowance, long nowMicros, int attempts) {
        int taken = 0;
        for (int i = 0; i < attempts; i++) {
            taken += allowance.take(nowMicros) ? 1 : 0;
        }
        return taken;
    }
}
