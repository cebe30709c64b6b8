package io.tributary.transport.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineQueueTest {
    private final DeadlineQueue queue = new DeadlineQueue();

    /// Random watches, moves, removals and runs against a plain list.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void wakesExactlyWhatIsDueSoonestFirst(long seed) {
        var random = new Random(seed);
        var watched = new ArrayList<Alarm>();
        long nowMicros = 1;
        for (int step = 0; step < 5_000; step++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    var alarm = new Alarm(nowMicros + 1 + random.nextInt(1_000));
                    watched.add(alarm);
                    queue.watch(alarm);
                }
                case 1 -> {
                    if (!watched.isEmpty()) {
                        Alarm alarm = watched.get(random.nextInt(watched.size()));
                        alarm.deadlineMicros = nowMicros + 1 + random.nextInt(1_000);
                        queue.watch(alarm);
                    }
                }
                case 2 -> {
                    if (!watched.isEmpty()) {
                        queue.unwatch(watched.remove(random.nextInt(watched.size())));
                    }
                }
                default -> {
                    nowMicros += random.nextInt(100);
                    long now = nowMicros;
                    var due = watched.stream()
                            .filter(alarm -> alarm.deadlineMicros <= now)
                            .sorted(Comparator.comparingLong(alarm -> alarm.deadlineMicros))
                            .map(alarm -> alarm.deadlineMicros)
                            .toList();
                    List<Long> woken = new ArrayList<>();
                    queue.runDue(now, (timed, at) -> {
                        woken.add(timed.nextDeadlineMicros());
                        timed.onDeadline(at);
                    });
                    assertThat(woken).as("seed %d step %d", seed, step).isEqualTo(due);
                }
            }
            long soonest = watched.stream()
                    .mapToLong(alarm -> alarm.deadlineMicros)
                    .min()
                    .orElse(Timed.NEVER);
            assertThat(queue.nextDeadlineMicros())
                    .as("seed %d step %d", seed, step)
                    .isEqualTo(soonest);
        }
    }

    @Test
    void wakesSomethingThatStaysDueOnceARunOnly() {
        var stubborn = new Alarm(5) {
            @Override
            public void onDeadline(long nowMicros) {
                wakes++;
            }
        };
        queue.watch(stubborn);
        queue.runDue(10, Timed::onDeadline);
        assertThat(stubborn.wakes).isEqualTo(1);
        assertThat(queue.nextDeadlineMicros()).isEqualTo(11);
    }

    @Test
    void letsADeadlineUnwatchAnother() {
        var second = new Alarm(6);
        var first = new Alarm(5) {
            @Override
            public void onDeadline(long nowMicros) {
                super.onDeadline(nowMicros);
                queue.unwatch(second);
            }
        };
        queue.watch(second);
        queue.watch(first);
        queue.runDue(10, Timed::onDeadline);
        assertThat(first.wakes).isEqualTo(1);
        assertThat(second.wakes).isZero();
        queue.unwatch(second);
        assertThat(queue.nextDeadlineMicros()).isEqualTo(Timed.NEVER);
    }

    private static class Alarm implements Timed {
        long deadlineMicros;
        int wakes;

        Alarm(long deadlineMicros) {
            this.deadlineMicros = deadlineMicros;
        }

        @Override
        public long nextDeadlineMicros() {
            return deadlineMicros;
        }

        @Override
        public void onDeadline(long nowMicros) {
            wakes++;
            deadlineMicros = NEVER;
        }
    }
}
