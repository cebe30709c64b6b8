package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ShutdownTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    @Test
    void isOrderlyWhenTheServerCloses() {
        assertThat(Shutdown.closeWithin(new Closing(() -> {}), Duration.ofSeconds(5)))
                .isTrue();
    }

    @Test
    void saysSoWhenTheServerFailsToClose() {
        Runnable failing = () -> {
            throw new IllegalStateException("a socket that cannot be closed");
        };
        assertThat(Shutdown.closeWithin(new Closing(failing), Duration.ofSeconds(5)))
                .isFalse();
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
        assertThat(Shutdown.closeWithin(new Closing(hanging), SHORT)).isFalse();
        never.countDown();
    }

    @Test
    void leavesTimeBeforeAnOrchestratorKills() {
        assertThat(Shutdown.LONGEST).isLessThan(Duration.ofSeconds(10));
    }

    private record Closing(Runnable onClose) implements RunningServer {
        @Override
        public int httpPort() {
            return 7880;
        }

        @Override
        public String cryptoProvider() {
            return "none";
        }

        @Override
        public boolean hasCallPage() {
            return false;
        }

        @Override
        public void close() {
            onClose.run();
        }
    }
}
