package io.tributary.sfu.router;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.sim.SimShard;
import java.util.function.LongSupplier;

/// What the work of a call's only loop has cost so far: everything that is counted, times its price.
///
/// The prices of what the budgets are about are JMH's, of `HostileBenchmark` (`./check --bench Hostile`), rounded up,
/// on two busy cores of a 2.5 GHz Cascade Lake; that of a cipher is ADR 8's with the copies around it. A datagram's way
/// through the kernel is no microbenchmark: what it costs is what profiles of a loaded server show, rounded up. Prices
/// need not be right to a tenth to tell a budget from none.
final class LoopWork implements LongSupplier {
    static final long RECEIVE_NANOS = 1_500;
    static final long SEND_NANOS = 1_000;
    static final long CIPHER_NANOS = 900;

    /// From the decrypted packet to the subscribers' headers, for each one.
    static final long FORWARD_NANOS = 300;

    static final long LOOKUP_NANOS = 150;
    static final long PARSE_NANOS = 250;
    static final long CHECK_NANOS = 1_600;
    static final long NACK_NANOS = 40;

    private final Call call;
    private final SimShard shard;

    LoopWork(Call call) {
        this.call = call;
        shard = call.shards.getFirst();
    }

    @Override
    public long getAsLong() {
        return RECEIVE_NANOS * shard.received() + beyondReceivingNanos();
    }

    /// What a stranger can drive up without a larger link.
    long beyondReceivingNanos() {
        return (SEND_NANOS + FORWARD_NANOS) * shard.sent()
                + CIPHER_NANOS * call.ciphers.operations()
                + CHECK_NANOS * shard.answers()
                + CHECK_NANOS * counted(IceDrop.BAD_INTEGRITY)
                + PARSE_NANOS
                        * (counted(IceDrop.STRANGER_BUDGET)
                                + counted(IceDrop.CHECK_BUDGET)
                                + counted(IceDrop.PATH_BUDGET)
                                + counted(PeerDrop.UNKNOWN_UFRAG)
                                + counted(PeerDrop.FORGERY_BUDGET)
                                + counted(PeerDrop.FEEDBACK_BUDGET)
                                + counted(PeerDrop.MALFORMED))
                + LOOKUP_NANOS * counted(PeerDrop.UNKNOWN_ADDRESS)
                + NACK_NANOS
                        * (counted(ForwardDrop.NACK_LIMITED)
                                + counted(ForwardDrop.NACK_MISSING)
                                + counted(ForwardDrop.NACK_UNKNOWN));
    }

    private long counted(PeerDrop reason) {
        return call.plane.counted(reason);
    }

    private long counted(IceDrop reason) {
        return call.plane.counted(reason);
    }

    private long counted(ForwardDrop reason) {
        return call.plane.counted(reason);
    }
}
