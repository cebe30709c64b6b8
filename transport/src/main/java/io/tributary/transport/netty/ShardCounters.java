package io.tributary.transport.netty;

import io.tributary.transport.io.DropCounter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// What went through one shard: its loop writes, anybody reads.
public final class ShardCounters {
    private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PACKETS_IN = 0;
    private static final int BYTES_IN = 1;
    private static final int PACKETS_OUT = 2;
    private static final int BYTES_OUT = 3;

    private final long[] counts = new long[4];
    private final DropCounter<UdpDrop> drops = new DropCounter<>(UdpDrop.class);

    void received(int sizeBytes) {
        add(PACKETS_IN, 1);
        add(BYTES_IN, sizeBytes);
    }

    void sent(int sizeBytes) {
        add(PACKETS_OUT, 1);
        add(BYTES_OUT, sizeBytes);
    }

    void dropped(UdpDrop reason) {
        drops.count(reason);
    }

    public long packetsIn() {
        return get(PACKETS_IN);
    }

    /// Bytes of UDP payload.
    public long bytesIn() {
        return get(BYTES_IN);
    }

    public long packetsOut() {
        return get(PACKETS_OUT);
    }

    /// Bytes of UDP payload.
    public long bytesOut() {
        return get(BYTES_OUT);
    }

    public DropCounter<UdpDrop> drops() {
        return drops;
    }

    private void add(int which, int amount) {
        COUNT.setOpaque(counts, which, counts[which] + amount);
    }

    private long get(int which) {
        return (long) COUNT.getOpaque(counts, which);
    }
}
