package io.tributary.transport.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketRingTest {
    private final PacketPool pool = new PacketPool();

    /// Random offers and drains against a plain queue of the same bound.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void behavesLikeABoundedQueue(long seed) {
        var random = new Random(seed);
        var ring = new PacketRing<String>(1 << random.nextInt(6));
        var model = new ArrayDeque<String>();
        for (int step = 0; step < 20_000; step++) {
            if (random.nextBoolean()) {
                boolean fits = model.size() < ring.capacity();
                int a = random.nextInt();
                long b = random.nextLong();
                assertThat(ring.offer("t" + step, pool.take(), a, b))
                        .as("seed %d step %d", seed, step)
                        .isEqualTo(fits);
                if (fits) {
                    model.add("t" + step + " " + a + " " + b);
                }
            } else {
                int max = random.nextInt(8);
                var seen = new ArrayList<String>();
                int drained = ring.drain((target, _, a, b) -> seen.add(target + " " + a + " " + b), max);
                var expected = new ArrayList<String>();
                while (expected.size() < max && !model.isEmpty()) {
                    expected.add(model.remove());
                }
                assertThat(seen).as("seed %d step %d", seed, step).isEqualTo(expected);
                assertThat(drained).isEqualTo(expected.size());
            }
            assertThat(ring.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(pool.outstanding()).isEqualTo(model.size());
        }
    }

    @Test
    void keepsOrderAndBytesAcrossTwoThreads() throws Exception {
        int packets = 300_000;
        var ring = new PacketRing<Object>(64);
        var target = new Object();
        var failure = new AtomicReference<String>("");
        var consumer = Thread.ofPlatform().start(() -> {
            long[] next = new long[1];
            while (next[0] < packets && failure.get().isEmpty()) {
                int drained = ring.drain(
                        (to, packet, a, b) -> {
                            byte first = packet.array()[packet.offset()];
                            if (to != target || b != next[0] || a != (int) (b * 31) || first != (byte) b) {
                                failure.set("packet " + next[0] + " came as " + b + "," + a + "," + first);
                            }
                            next[0]++;
                        },
                        16);
                if (drained == 0) {
                    Thread.onSpinWait();
                }
            }
        });
        for (long i = 0; i < packets && failure.get().isEmpty(); i++) {
            PacketBuffer packet = pool.take();
            packet.length(1);
            packet.array()[packet.offset()] = (byte) i;
            while (!ring.offer(target, packet.retain(), (int) (i * 31), i)
                    && failure.get().isEmpty()) {
                Thread.onSpinWait();
            }
            packet.release();
        }
        consumer.join();
        assertThat(failure.get()).isEmpty();
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void releasesAPacketWhoseConsumerThrowsAndGoesOn() {
        var ring = new PacketRing<String>(4);
        ring.offer("first", pool.take(), 0, 0);
        ring.offer("second", pool.take(), 0, 0);
        assertThatThrownBy(() -> ring.drain(
                        (_, _, _, _) -> {
                            throw new IllegalStateException("on purpose");
                        },
                        4))
                .hasMessage("on purpose");
        assertThat(pool.outstanding()).isEqualTo(1);
        List<String> seen = new ArrayList<>();
        ring.drain((target, _, _, _) -> seen.add(target), 4);
        assertThat(seen).containsExactly("second");
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void letsAConsumerKeepAPacket() {
        var ring = new PacketRing<String>(4);
        ring.offer("t", pool.take(), 0, 0);
        List<PacketBuffer> kept = new ArrayList<>();
        ring.drain((_, packet, _, _) -> kept.add(packet.retain()), 4);
        assertThat(pool.outstanding()).isEqualTo(1);
        kept.getFirst().release();
        assertThat(pool.outstanding()).isZero();
    }
}
