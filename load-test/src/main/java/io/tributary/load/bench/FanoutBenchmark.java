package io.tributary.load.bench;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.forward.ResendBudget;
import io.tributary.sfu.forward.SubscriberForwarder;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One 1,100-byte VP8 packet from its track to 500 subscribers, each with a connection of its own: select, rewrite,
/// write, encrypt, and hand to a socket that is not there. The figure is for one subscriber.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class FanoutBenchmark {
    private static final int SUBSCRIBERS = 500;
    private static final int PAYLOAD_TYPE = 96;
    private static final int RTX_PAYLOAD_TYPE = 97;

    @Param({"openssl", "jdk"})
    public String provider = "openssl";

    private @Nullable BenchmarkTrack source;

    @Setup(Level.Trial)
    public void subscribe() {
        var peers = new BenchmarkPeers(BenchmarkPackets.provider(provider));
        var track = new BenchmarkTrack(peers.pool);
        var drops = new DropCounter<>(ForwardDrop.class);
        var format = new PayloadFormat(Codec.VP8, PAYLOAD_TYPE, RTX_PAYLOAD_TYPE, true);
        for (int i = 0; i < SUBSCRIBERS; i++) {
            PeerTransport peer = peers.connect();
            var media = new OutgoingMedia(
                    "0", MediaKind.VIDEO, format, 1_000 + i, 10_000 + i, BenchmarkTrack.EXTENSIONS, "cname");
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
        source = track;
    }

    @Benchmark
    @OperationsPerInvocation(SUBSCRIBERS)
    @SuppressWarnings("NullAway") // set up before
    public void fanout() {
        source.receive();
    }
}
