package io.tributary.sfu.room;

import io.tributary.transport.loop.DeadlineQueue;
import io.tributary.transport.loop.Timed;
import java.util.function.LongConsumer;

/// Everything a room waits for, soonest first.
final class Timers {
    private final DeadlineQueue queue = new DeadlineQueue();

    Timer timer(LongConsumer whenDue) {
        return new Timer(whenDue);
    }

    long nextDeadlineMicros() {
        return queue.nextDeadlineMicros();
    }

    void runDue(long nowMicros) {
        queue.runDue(nowMicros, (timed, atMicros) -> timed.onDeadline(atMicros));
    }

    /// One thing waited for; fires once each time it is armed.
    final class Timer implements Timed {
        private final LongConsumer whenDue;
        private long dueMicros = NEVER;

        private Timer(LongConsumer whenDue) {
            this.whenDue = whenDue;
        }

        void arm(long atMicros) {
            dueMicros = atMicros;
            queue.watch(this);
        }

        /// Keeps the earlier moment when already armed.
        void armIfIdle(long atMicros) {
            if (!armed()) {
                arm(atMicros);
            }
        }

        void cancel() {
            if (armed()) {
                dueMicros = NEVER;
                queue.unwatch(this);
            }
        }

        boolean armed() {
            return dueMicros != NEVER;
        }

        @Override
        public long nextDeadlineMicros() {
            return dueMicros;
        }

        @Override
        public void onDeadline(long nowMicros) {
            if (nowMicros >= dueMicros) {
                cancel();
                whenDue.accept(nowMicros);
            }
        }
    }
}
