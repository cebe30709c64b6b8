package io.tributary.transport.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/// The core under a loop, where its work takes time: a turn reads some datagrams, is busy for as long as what came of
/// them costs, and sends at its end. What arrives meanwhile waits in the socket's buffer, or is lost when that is full.
///
/// What is done by timers is charged to the turn after it.
public final class SimCpu {
    /// As many as a real loop reads before it sends.
    private static final int DATAGRAMS_PER_TURN = 64;

    /// A socket buffer of 8 MiB, of which the kernel takes some 2,304 bytes for each datagram.
    private static final int SOCKET_DATAGRAMS = 3_640;

    private final SimWorld world;
    private final LongSupplier workNanos;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private final List<Runnable> leaving = new ArrayList<>();
    private boolean busy;
    private long chargedNanos;
    private long owedNanos;
    private long lost;

    /// @param workNanos what all work so far has cost; only grows
    public SimCpu(SimWorld world, LongSupplier workNanos) {
        this.world = world;
        this.workNanos = workNanos;
    }

    /// Time spent so far.
    public long busyMicros() {
        return chargedNanos / 1_000;
    }

    /// Datagrams that found the socket's buffer full.
    public long lost() {
        return lost;
    }

    void arrive(Runnable datagram) {
        if (waiting.size() == SOCKET_DATAGRAMS) {
            lost++;
            return;
        }
        waiting.add(datagram);
        if (!busy) {
            turn();
        }
    }

    void leave(Runnable datagram) {
        if (busy) {
            leaving.add(datagram);
        } else {
            datagram.run();
        }
    }

    private void turn() {
        busy = true;
        for (int i = 0; i < DATAGRAMS_PER_TURN && !waiting.isEmpty(); i++) {
            waiting.remove().run();
        }
        long soFarNanos = workNanos.getAsLong();
        owedNanos += soFarNanos - chargedNanos;
        chargedNanos = soFarNanos;
        long micros = owedNanos / 1_000;
        owedNanos -= micros * 1_000;
        world.after(micros, this::finish);
    }

    private void finish() {
        leaving.forEach(Runnable::run);
        leaving.clear();
        busy = false;
        if (!waiting.isEmpty()) {
            turn();
        }
    }
}
