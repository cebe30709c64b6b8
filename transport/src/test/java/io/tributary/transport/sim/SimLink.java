package io.tributary.transport.sim;

import java.util.random.RandomGenerator;

/// One direction between two addresses: how long datagrams take, and which of them get lost, doubled or overtaken.
/// Starts perfect, 10 ms long.
public final class SimLink {
    private final SimWorld world;
    private final RandomGenerator random;
    private long delayMicros = 10_000;
    private long jitterMicros;
    private double loss;
    private double duplication;
    private Filter filter = datagram -> true;
    private long latestArrivalMicros;
    private boolean reorders;
    private long carried;

    SimLink(SimWorld world) {
        this.world = world;
        this.random = world.random();
    }

    public SimLink delayMillis(long millis) {
        delayMicros = millis * 1_000;
        return this;
    }

    /// Up to `millis` more for each datagram; order is kept unless [#reorders].
    public SimLink jitterMillis(long millis) {
        jitterMicros = millis * 1_000;
        return this;
    }

    public SimLink reorders(boolean yes) {
        reorders = yes;
        return this;
    }

    /// Loses each datagram with this probability.
    public SimLink loss(double probability) {
        loss = probability;
        return this;
    }

    /// Delivers each datagram twice with this probability.
    public SimLink duplication(double probability) {
        duplication = probability;
        return this;
    }

    /// Drops what `filter` refuses: loss by choice.
    public SimLink filter(Filter newFilter) {
        filter = newFilter;
        return this;
    }

    /// Datagrams handed to this link, lost ones included.
    public long carried() {
        return carried;
    }

    void send(byte[] datagram, Runnable arrival) {
        carried++;
        if (!filter.passes(datagram) || random.nextDouble() < loss) {
            return;
        }
        arrive(arrival);
        if (random.nextDouble() < duplication) {
            arrive(arrival);
        }
    }

    private void arrive(Runnable arrival) {
        long jitter = jitterMicros == 0 ? 0 : random.nextLong(jitterMicros);
        long at = world.nowMicros() + delayMicros + jitter;
        if (!reorders) {
            at = Math.max(at, latestArrivalMicros);
        }
        latestArrivalMicros = Math.max(at, latestArrivalMicros);
        world.after(at - world.nowMicros(), arrival);
    }

    /// Which datagrams pass.
    public interface Filter {
        boolean passes(byte[] datagram);
    }
}
