package io.tributary.transport.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SerialLoopTest {
    @Test
    void runsTasksInOrderOnItsOwnThread() throws Exception {
        try (var loop = new SerialLoop("test").start()) {
            var heard = new LinkedBlockingQueue<String>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                loop.post(() -> heard.add(number + " " + loop.inLoop()));
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(i + " true");
            }
            assertThat(loop.inLoop()).isFalse();
        }
    }

    @Test
    void wakesAtADeadlineWhileTasksAreAway() throws Exception {
        try (var loop = new SerialLoop("test").start()) {
            var latenesses = new LinkedBlockingQueue<Long>();
            loop.post(() -> loop.watch(new Timed() {
                private long deadlineMicros = loop.nowMicros() + 10_000;

                @Override
                public long nextDeadlineMicros() {
                    return deadlineMicros;
                }

                @Override
                public void onDeadline(long nowMicros) {
                    latenesses.add(nowMicros - deadlineMicros);
                    deadlineMicros = NEVER;
                }
            }));
            assertThat(latenesses.poll(10, TimeUnit.SECONDS)).isNotNegative();
        }
    }

    @Test
    void countsATaskThatThrowsAndGoesOn() throws Exception {
        try (var loop = new SerialLoop("test").start()) {
            loop.post(() -> {
                throw new IllegalStateException("on purpose");
            });
            var done = new LinkedBlockingQueue<Boolean>();
            loop.post(() -> done.add(true));
            assertThat(done.poll(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.failures()).isEqualTo(1);
        }
    }

    @Test
    void outlivesATaskThatRecursesTooDeep() throws Exception {
        try (var loop = new SerialLoop("test").start()) {
            loop.post(() -> {
                throw new StackOverflowError("on purpose");
            });
            var done = new LinkedBlockingQueue<Boolean>();
            loop.post(() -> done.add(true));
            assertThat(done.poll(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.failures()).isEqualTo(1);
        }
    }

    @Test
    void runsWhatWasPostedBeforeItCloses() {
        var ran = new AtomicInteger();
        var loop = new SerialLoop("test").start();
        for (int i = 0; i < 1_000; i++) {
            loop.post(ran::incrementAndGet);
        }
        loop.close();
        assertThat(ran).hasValue(1_000);
    }
}
