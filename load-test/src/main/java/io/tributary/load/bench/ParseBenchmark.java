package io.tributary.load.bench;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.Vp8Payload;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One opened video packet read as far as forwarding needs: header, one extension, VP8 descriptor.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"-XX:+UseZGC"})
public class ParseBenchmark {
    private final PacketBuffer buffer = new PacketPool().take();
    private final RtpPacket packet = new RtpPacket();
    private final FrameFacts facts = new FrameFacts();
    private final ExtensionMap extensions = new ExtensionMap(Map.of(
            HeaderExtension.MID, BenchmarkPackets.MID, HeaderExtension.TRANSPORT_CC, BenchmarkPackets.TRANSPORT_CC));

    public ParseBenchmark() {
        byte[] video = BenchmarkPackets.video();
        System.arraycopy(video, 0, buffer.array(), buffer.offset(), video.length);
        buffer.length(video.length);
    }

    @Benchmark
    public int parse() {
        if (!packet.wrap(buffer, extensions)
                || !Vp8Payload.parse(packet.array(), packet.payloadOffset(), packet.payloadLength(), facts)) {
            throw new IllegalStateException("the packet is well-formed");
        }
        return packet.seq() + packet.find(HeaderExtension.TRANSPORT_CC) + facts.pictureId;
    }
}
