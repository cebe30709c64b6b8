package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void isOrderlyWhenTheServerCloses() {
        assertThat(Shutdown.closeWithin(() -> {}, Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void saysSoWhenTheServerFailsToClose() {
        Runnable failing = () -> {
            throw new IllegalStateException("a socket that cannot be closed");
        };
        assertThat(Shutdown.closeWithin(failing, Duration.ofSeconds(5))).isFalse();
    }

    @Test
    void waitsNoLongerThanItMay() {
        CountDownLatch never = new CountDownLatch(1);
        Runnable hanging = () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        assertThat(Shutdown.closeWithin(hanging, SHORT)).isFalse();
        never.countDown();
    }

    @Test
    void leavesTimeBeforeAnOrchestratorKills() {
        assertThat(Shutdown.LONGEST).isLessThan(Duration.ofSeconds(10));
    }
}
