package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketRing;
import io.tributary.transport.loop.Polled;
import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NettyLoopTest {
    @ParameterizedTest
    @EnumSource(NettyLoop.Backend.class)
    void runsPostsInTheOrderOfEachThread(NettyLoop.Backend backend) throws Exception {
        int threads = 4;
        int posts = 20_000;
        try (var loop = new NettyLoop("test", backend).start()) {
            int[] next = new int[threads];
            var wrong = new AtomicInteger();
            var done = new CountDownLatch(threads * posts);
            var posting = new ArrayList<Thread>();
            for (int t = 0; t < threads; t++) {
                int who = t;
                posting.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < posts; i++) {
                        int number = i;
                        loop.post(() -> {
                            if (!loop.inLoop() || next[who]++ != number) {
                                wrong.incrementAndGet();
                            }
                            done.countDown();
                        });
                    }
                }));
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(wrong).hasValue(0);
            for (Thread thread : posting) {
                thread.join();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Backend.class)
    void wakesForAPostEachTimeItSleeps(NettyLoop.Backend backend) throws Exception {
        try (var loop = new NettyLoop("test", backend).start()) {
            var heard = new LinkedBlockingQueue<Integer>();
            for (int i = 0; i < 2_000; i++) {
                int number = i;
                loop.post(() -> heard.add(number));
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(number);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Backend.class)
    void wakesAtDeadlinesAndNeverBefore(NettyLoop.Backend backend) throws Exception {
        try (var loop = new NettyLoop("test", backend).start()) {
            var latenesses = new LinkedBlockingQueue<Long>();
            loop.post(() -> loop.watch(new Timed() {
                private long deadlineMicros = loop.nowMicros() + 5_000;
                private int left = 20;

                @Override
                public long nextDeadlineMicros() {
                    return left == 0 ? NEVER : deadlineMicros;
                }

                @Override
                public void onDeadline(long nowMicros) {
                    latenesses.add(nowMicros - deadlineMicros);
                    left--;
                    deadlineMicros = nowMicros + 5_000;
                }
            }));
            var all = new ArrayList<Long>();
            for (int i = 0; i < 20; i++) {
                Long lateness = latenesses.poll(10, TimeUnit.SECONDS);
                assertThat(lateness).isNotNull().isNotNegative();
                all.add(lateness);
            }
            all.sort(null);
            assertThat(all.get(10))
                    .as("median lateness in micros on a busy machine")
                    .isLessThan(20_000);
        }
    }

    @Test
    void readsItsClockOnceATurn() throws Exception {
        try (var loop = new NettyLoop("test").start()) {
            var done = new LinkedBlockingQueue<Boolean>();
            loop.post(() -> {
                long first = loop.nowMicros();
                long until = System.nanoTime() + 2_000_000;
                while (System.nanoTime() < until) {
                    Thread.onSpinWait();
                }
                done.add(loop.nowMicros() == first);
            });
            assertThat(done.poll(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void goesOnAfterTasksDeadlinesAndPollsThatThrow() throws Exception {
        try (var loop = new NettyLoop("test").start()) {
            loop.post(() -> {
                throw new IllegalStateException("on purpose: task");
            });
            loop.post(() -> {
                throw new StackOverflowError("on purpose: error");
            });
            loop.post(() -> loop.watch(new Timed() {
                private boolean due = true;

                @Override
                public long nextDeadlineMicros() {
                    return due ? 1 : NEVER;
                }

                @Override
                public void onDeadline(long nowMicros) {
                    due = false;
                    throw new IllegalStateException("on purpose: deadline");
                }
            }));
            loop.post(() -> loop.poll(new Polled() {
                @Override
                public boolean hasWork() {
                    return false;
                }

                @Override
                public void poll(long nowMicros) {
                    loop.unpoll(this);
                    throw new IllegalStateException("on purpose: poll");
                }
            }));
            // All that is posted may run in one turn, deadlines come after it, and polls in the next.
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (loop.failures() < 4) {
                assertThat(System.nanoTime()).as("%d of 4", loop.failures()).isLessThan(deadline);
                loop.wakeup();
            }
            var after = new LinkedBlockingQueue<Boolean>();
            loop.post(() -> after.add(true));
            assertThat(after.poll(10, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.failures()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(NettyLoop.Backend.class)
    void handsPacketsFromLoopToLoopAndWakesForEach(NettyLoop.Backend backend) throws Exception {
        int packets = 20_000;
        var ring = new PacketRing<List<Long>>(256);
        var got = new ArrayList<Long>();
        var refused = new AtomicInteger();
        var end = new CountDownLatch(1);
        try (var from = new NettyLoop("from", backend).start();
                var to = new NettyLoop("to", backend).start()) {
            to.post(() -> to.poll(new Polled() {
                @Override
                public boolean hasWork() {
                    return !ring.isEmpty();
                }

                @Override
                public void poll(long nowMicros) {
                    ring.drain(
                            (target, packet, a, b) -> {
                                target.add(b);
                                if (a == 1) {
                                    end.countDown();
                                }
                            },
                            64);
                }
            }));
            from.post(() -> {
                for (long i = 0; i < packets; i++) {
                    PacketBuffer packet = from.packets().take();
                    while (!ring.offer(got, packet.retain(), i == packets - 1 ? 1 : 0, i)) {
                        refused.incrementAndGet();
                        to.wakeup();
                        Thread.onSpinWait();
                    }
                    packet.release();
                    to.wakeup();
                }
            });
            assertThat(end.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(to.failures()).isZero();
        }
        assertThat(got).hasSize(packets).isSorted();
    }

    @Test
    void takesNoTurnWhileNothingHappens() throws Exception {
        try (var loop = new NettyLoop("test").start()) {
            var ran = new CountDownLatch(1);
            loop.post(ran::countDown);
            assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
            var idle = new CountDownLatch(1);
            assertThat(idle.await(50, TimeUnit.MILLISECONDS)).isFalse();
            long before = loop.turns();
            assertThat(idle.await(200, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(loop.turns() - before).isLessThan(5);
        }
    }

    @Test
    void runsWhatWasPostedBeforeItCloses() {
        var ran = new AtomicInteger();
        var loop = new NettyLoop("test").start();
        for (int i = 0; i < 1_000; i++) {
            loop.post(ran::incrementAndGet);
        }
        loop.close();
        assertThat(ran).hasValue(1_000);
    }
}
