package io.tributary.transport.io;

import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscArrayQueue;
import org.jspecify.annotations.Nullable;

/// The packet buffers of one loop: only the loop takes, any thread gives back.
///
/// The pool never refuses: what it does not hold it allocates, and what exceeds its bound is left to the garbage
/// collector, so that a burst costs garbage, not packets.
public final class PacketPool {
    /// 4,096 buffers are 8 MiB: the history of a dozen video tracks, or one full socket buffer.
    public static final int DEFAULT_FREE_BOUND = 4096;

    private final MpscArrayQueue<PacketBuffer> free;
    private final AtomicLong returned = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();

    public PacketPool() {
        this(DEFAULT_FREE_BOUND);
    }

    public PacketPool(int freeBound) {
        free = new MpscArrayQueue<>(freeBound);
    }

    /// A buffer with one reference, held by the caller, and no bytes yet.
    public PacketBuffer take() {
        @Nullable PacketBuffer buffer = free.relaxedPoll();
        if (buffer == null) {
            buffer = new PacketBuffer(this);
        }
        buffer.reset();
        taken.setOpaque(taken.getPlain() + 1); // the loop alone writes
        return buffer;
    }

    void giveBack(PacketBuffer buffer) {
        returned.incrementAndGet();
        free.relaxedOffer(buffer);
    }

    /// Buffers taken and not yet given back: zero when nothing leaks. Any thread; exact only while the loop is quiet.
    public long outstanding() {
        return taken.getOpaque() - returned.get();
    }
}
