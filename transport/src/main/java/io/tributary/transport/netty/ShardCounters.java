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

    private static final int MESSAGES_OUT = 4;
    private static final int SEND_CALLS = 5;
    private static final int FULL = 6;
    private static final int MESSAGES_IN = 7;
    private static final int REFUSED_RUNS = 8;

    private final long[] counts = new long[9];
    private final DropCounter<UdpDrop> drops = new DropCounter<>(UdpDrop.class);

    void received(int sizeBytes) {
        add(PACKETS_IN, 1);
        add(BYTES_IN, sizeBytes);
    }

    /// What the kernel gave at once: messages of one datagram or, where it has joined them, of several.
    void receivedMessages(int messages) {
        add(MESSAGES_IN, messages);
    }

    /// One message of `packets` datagrams left.
    void sent(int packets, long sizeBytes) {
        add(MESSAGES_OUT, 1);
        add(PACKETS_OUT, packets);
        add(BYTES_OUT, sizeBytes);
    }

    void called() {
        add(SEND_CALLS, 1);
    }

    void full() {
        add(FULL, 1);
    }

    void refusedRun() {
        add(REFUSED_RUNS, 1);
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

    /// What the datagrams in came from the kernel as: several of them make one message where it has joined them
    /// (UDP_GRO). None are counted where Netty reads.
    public long messagesIn() {
        return get(MESSAGES_IN);
    }

    public long packetsOut() {
        return get(PACKETS_OUT);
    }

    /// Bytes of UDP payload.
    public long bytesOut() {
        return get(BYTES_OUT);
    }

    /// What the datagrams out went to the kernel as: several of them make one message where segmentation is at work.
    public long messagesOut() {
        return get(MESSAGES_OUT);
    }

    /// System calls made to send. None are counted where Netty makes them.
    public long sendCalls() {
        return get(SEND_CALLS);
    }

    /// Messages of several datagrams that the kernel refused for the device or the path; each datagram went by itself.
    public long refusedRuns() {
        return get(REFUSED_RUNS);
    }

    /// How often the socket was found full (EAGAIN or ENOBUFS).
    public long socketFull() {
        return get(FULL);
    }

    public DropCounter<UdpDrop> drops() {
        return drops;
    }

    private void add(int which, long amount) {
        COUNT.setOpaque(counts, which, counts[which] + amount);
    }

    private long get(int which) {
        return (long) COUNT.getOpaque(counts, which);
    }
}
