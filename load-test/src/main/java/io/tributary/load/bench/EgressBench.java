package io.tributary.load.bench;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.forward.ResendBudget;
import io.tributary.sfu.forward.SubscriberForwarder;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// CPU time of a media loop for each packet it sends, the kernel's included: bursts of a 1,100-byte VP8 packet from one
/// track to subscribers on loopback who never read. CPU time, not time: it holds on a machine that is busy otherwise.
///
/// ```sh
/// java … io.tributary.load.bench.EgressBench SUBSCRIBERS BURST
/// ```
public final class EgressBench {
    private static final int ROUNDS = 12;
    private static final int PACKETS_PER_ROUND = 200_000;
    private static final int PAYLOAD_TYPE = 96;
    private static final int FIRST_PORT = 10_001; // of BenchmarkPeers

    private EgressBench() {}

    public static void main(String[] args) throws Exception {
        int subscribers = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int burst = args.length > 1 ? Integer.parseInt(args[1]) : 6;
        List<DatagramSocket> deaf = new ArrayList<>();
        for (int i = 0; i < subscribers; i++) {
            deaf.add(new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FIRST_PORT + i)));
        }
        for (SendPath path : SendPath.values()) {
            measure(path, subscribers, burst);
        }
        deaf.forEach(DatagramSocket::close);
    }

    private static void measure(SendPath path, int subscribers, int burst) throws Exception {
        try (var loop = new NettyLoop("bench").start();
                var shard = UdpShard.bind(
                        loop,
                        List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                        (_, _, _, _) -> {},
                        path)) {
            var track = onLoop(loop, () -> subscribe(loop, shard, subscribers));
            int turns = PACKETS_PER_ROUND / (subscribers * burst);
            double[] nanos = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long packetsBefore = shard.counters().packetsOut();
                long cpuBefore = onLoop(loop, EgressBench::cpuNanos);
                for (int turn = 0; turn < turns; turn++) {
                    loop.post(() -> {
                        for (int i = 0; i < burst; i++) {
                            track.receive();
                        }
                    });
                    endOfTurn(loop); // one burst to a turn
                }
                long cpu = onLoop(loop, EgressBench::cpuNanos) - cpuBefore;
                nanos[round] = (double) cpu / (shard.counters().packetsOut() - packetsBefore);
            }
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "%-9s %d subscribers, bursts of %d: %.0f ns a packet (best), %.0f (median); %.2f packets a message%n",
                    path,
                    subscribers,
                    burst,
                    nanos[0],
                    nanos[ROUNDS / 2],
                    (double) shard.counters().packetsOut()
                            / Math.max(1, shard.counters().messagesOut()));
        }
    }

    private static BenchmarkTrack subscribe(NettyLoop loop, UdpShard shard, int subscribers) {
        var peers = new BenchmarkPeers(BenchmarkPackets.provider("openssl"), loop.packets(), shard);
        var track = new BenchmarkTrack(loop.packets());
        var drops = new DropCounter<>(ForwardDrop.class);
        var format = new PayloadFormat(Codec.VP8, PAYLOAD_TYPE, -1, true);
        for (int i = 0; i < subscribers; i++) {
            PeerTransport peer = peers.connect();
            var media =
                    new OutgoingMedia("0", MediaKind.VIDEO, format, 1_000 + i, 0, BenchmarkTrack.EXTENSIONS, "cname");
            var forwarder = new SubscriberForwarder(
                    track.track,
                    LayerDemand.HIGHEST,
                    feedback -> peer.send(media, feedback),
                    new ResendBudget(),
                    drops,
                    failure -> {
                        throw new IllegalStateException(failure);
                    });
            forwarder.onConnected(track.nowMicros());
        }
        return track;
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void endOfTurn(NettyLoop loop) {
        long turns = onLoop(loop, loop::turns);
        while (loop.turns() == turns) {
            Thread.onSpinWait();
        }
    }

    private static <T> T onLoop(NettyLoop loop, Supplier<T> task) {
        var done = new CompletableFuture<T>();
        loop.post(() -> {
            try {
                done.complete(task.get());
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        return done.join();
    }
}
