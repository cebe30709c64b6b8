package io.tributary.transport.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Hands packets from one loop to another: bounded, one producer thread, one consumer thread, no lock and no
/// allocation per packet.
///
/// A slot is a packet, who it is for, and two numbers that mean what the two ends agree on (a layer and a time, say).
/// One ring serves each ordered pair of loops. The producer offers and then wakes the consumer's loop; the consumer
/// drains in its turn:
///
/// ```java
/// if (!ring.offer(track, packet.retain(), layer, nowMicros)) drops.count(LOOP_BACKLOG);
/// consumerLoop.wakeup();
///
/// ring.drain((track, packet, layer, arrivalMicros) -> track.onPacket(layer, packet, arrivalMicros), 256);
/// ```
///
/// @param <T> who packets are for
public final class PacketRing<T> {
    /// What becomes of a packet on the consumer's side.
    ///
    /// @param <T> who packets are for
    public interface Consumer<T> {
        /// The buffer is lent: retain it to keep it past the return. Its bytes belong to the producer's loop, so they
        /// are only read.
        void accept(T target, PacketBuffer packet, int a, long b);
    }

    // The two positions live far apart, so that the two threads don't fight over one cache line (64 bytes, and
    // neighbouring lines are fetched in pairs).
    private static final int TAIL = 16;
    private static final int HEAD = 48;
    private static final VarHandle POSITION = MethodHandles.arrayElementVarHandle(long[].class);

    private final @Nullable Object[] targets;
    private final @Nullable PacketBuffer[] packets;
    private final int[] as;
    private final long[] bs;
    private final int mask;
    private final long[] positions = new long[64];

    /// @param capacity packets, a power of two; more wait for nobody and are refused
    @SuppressWarnings("MissingSummary")
    public PacketRing(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity " + capacity + " is no power of two");
        }
        targets = new @Nullable Object[capacity];
        packets = new @Nullable PacketBuffer[capacity];
        as = new int[capacity];
        bs = new long[capacity];
        mask = capacity - 1;
    }

    /// Hands over one reference to `packet`. Producer only.
    ///
    /// @return false when the ring is full; the reference is released then
    public boolean offer(T target, PacketBuffer packet, int a, long b) {
        long tail = (long) POSITION.get(positions, TAIL);
        if (tail - (long) POSITION.getAcquire(positions, HEAD) > mask) {
            packet.release();
            return false;
        }
        int slot = (int) tail & mask;
        targets[slot] = target;
        packets[slot] = packet;
        as[slot] = a;
        bs[slot] = b;
        POSITION.setRelease(positions, TAIL, tail + 1);
        return true;
    }

    /// Gives up to `max` packets to `consumer`, oldest first, and releases each when it returns, even by a throw.
    /// Consumer only.
    ///
    /// @return how many
    @SuppressWarnings("unchecked") // only offer fills the slots
    public int drain(Consumer<? super T> consumer, int max) {
        long head = (long) POSITION.get(positions, HEAD);
        long available = (long) POSITION.getAcquire(positions, TAIL) - head;
        int count = (int) Math.min(available, max);
        for (int i = 0; i < count; i++) {
            int slot = (int) (head + i) & mask;
            T target = (T) Objects.requireNonNull(targets[slot]);
            PacketBuffer packet = Objects.requireNonNull(packets[slot]);
            int a = as[slot];
            long b = bs[slot];
            targets[slot] = null;
            packets[slot] = null;
            POSITION.setRelease(positions, HEAD, head + i + 1);
            try {
                consumer.accept(target, packet, a, b);
            } finally {
                packet.release();
            }
        }
        return count;
    }

    /// Any thread; a moment later it may be otherwise.
    public boolean isEmpty() {
        return (long) POSITION.getAcquire(positions, HEAD) == (long) POSITION.getAcquire(positions, TAIL);
    }

    public int capacity() {
        return mask + 1;
    }
}
