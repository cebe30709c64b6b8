package io.tributary.load.bench;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.forward.ResendBudget;
import io.tributary.sfu.forward.SubscriberForwarder;
import io.tributary.sfu.track.Layer;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.LocalSink;
import io.tributary.sfu.track.TrackPacket;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.peer.OutgoingStream;
import io.tributary.transport.rtp.RtpPacket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one subscriber costs for one VP8 packet before any byte is copied: select, renumber, describe anew.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class RewriteBenchmark {
    private final Sent sent = new Sent();
    private @Nullable SubscriberForwarder forwarder;
    private @Nullable TrackPacket packet;
    private long nowMicros;

    @Setup(Level.Trial)
    public void follow() {
        var source = new BenchmarkTrack(new PacketPool());
        var following = new SubscriberForwarder(
                source.track,
                LayerDemand.HIGHEST,
                feedback -> sent,
                new ResendBudget(),
                new DropCounter<>(ForwardDrop.class),
                failure -> {
                    throw new IllegalStateException(failure);
                });
        following.onConnected(source.nowMicros());
        source.track.fanout().add(new Keep());
        source.receive();
        source.receive();
        forwarder = following;
        nowMicros = source.nowMicros();
    }

    @Benchmark
    @SuppressWarnings("NullAway") // set up before
    public int rewrite() {
        forwarder.onPacket(nowMicros, packet);
        return sent.last;
    }

    /// Keeps the track's view of its last packet.
    private final class Keep implements LocalSink {
        @Override
        public void onPacket(long atMicros, TrackPacket shown) {
            shown.buffer().retain();
            packet = shown;
        }

        @Override
        public void onSenderReport(long atMicros, Layer layer) {}

        @Override
        public void onLoss(long atMicros, Layer layer) {}

        @Override
        public void onFailure(Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// Looks at what would be sent.
    private static final class Sent implements OutgoingStream {
        private final OutgoingHeader header = new OutgoingHeader();
        int last;

        @Override
        public OutgoingHeader header() {
            return header;
        }

        @Override
        public void send(long nowMicros, RtpPacket source, OutgoingHeader look) {
            last = look.seq + look.timestampTicks + look.prefix[3];
        }

        @Override
        public void resend(long nowMicros, RtpPacket source, OutgoingHeader look) {}

        @Override
        public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {}

        @Override
        public long roundTripMicros() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
