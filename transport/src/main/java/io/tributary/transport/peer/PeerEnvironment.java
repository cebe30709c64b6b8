package io.tributary.transport.peer;

import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.srtp.SrtpCipherProvider;
import java.util.random.RandomGenerator;

/// What all peers of one loop share.
///
/// @param random unpredictable to peers outside of simulations: SSRCs and hash keys come from it
public record PeerEnvironment(
        Loop loop,
        PacketPool pool,
        DatagramSink sink,
        DtlsEndpoint.Factory dtls,
        SrtpCipherProvider ciphers,
        RandomGenerator random,
        DropCounter<PeerDrop> drops,
        DropCounter<IceDrop> iceDrops,
        PeerBudgets budgets) {
    /// With the budgets that are meant.
    public PeerEnvironment(
            Loop loop,
            PacketPool pool,
            DatagramSink sink,
            DtlsEndpoint.Factory dtls,
            SrtpCipherProvider ciphers,
            RandomGenerator random,
            DropCounter<PeerDrop> drops,
            DropCounter<IceDrop> iceDrops) {
        this(loop, pool, sink, dtls, ciphers, random, drops, iceDrops, PeerBudgets.DEFAULT);
    }
}
