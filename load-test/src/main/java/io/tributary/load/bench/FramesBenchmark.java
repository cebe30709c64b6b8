package io.tributary.load.bench;

import static io.tributary.load.bench.BenchmarkPackets.PACKET_BYTES;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitReceiver;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.Opened;
import io.tributary.frames.SFrameCipher;
import io.tributary.frames.SFrameSuites;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpProfile;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A frame encrypted end to end, or opened, beside an SRTP packet of the same size by the same provider: what clients
/// and the load generator pay, and a server does not. The default size is a packet's; `-p frameBytes=7000` is a
/// camera's
/// frame.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class FramesBenchmark {
    private static final int SSRC = 7;
    private static final int FRAME_TICKS = 3_000;

    /// An SFrame suite's number (RFC 9605 §8.1).
    @State(Scope.Thread)
    public static class SFrame {
        @Param({"1", "2", "3", "4", "5"})
        public int suite = 1;

        @Param({"1100"})
        public int frameBytes = PACKET_BYTES;

        private static final byte[] NO_METADATA = {};
        private byte[] frame = {};
        private byte[] sealed = {};
        private SFrameCipher cipher =
                new SFrameCipher(SFrameSuites.rfc9605().find(1).orElseThrow(), 1, new byte[16]);
        private long counter;

        @Setup
        public void open() {
            frame = frame(frameBytes);
            cipher = new SFrameCipher(SFrameSuites.rfc9605().find(suite).orElseThrow(), 1, new byte[16]);
            sealed = cipher.seal(1, NO_METADATA, frame);
        }
    }

    /// LiveKit's format, VP8.
    @State(Scope.Thread)
    public static class LiveKit {
        @Param({"1100"})
        public int frameBytes = PACKET_BYTES;

        private byte[] frame = {};
        private byte[] sealed = {};
        private final KeyRing keys = new KeyRing(KeyRing.DEFAULT_SIZE);
        private final LiveKitSender sender = new LiveKitSender(keys, new Random(1));
        private final LiveKitReceiver receiver = new LiveKitReceiver(keys, new byte[0]);
        private long timestampTicks;

        @Setup
        public void open() {
            keys.set(0, KeyRatchet.ofKey(new byte[16]));
            frame = frame(frameBytes);
            sealed = seal();
        }

        private byte[] seal() {
            timestampTicks += FRAME_TICKS;
            return sender.seal(FrameCodec.VP8, false, frame, SSRC, timestampTicks)
                    .orElseThrow();
        }
    }

    /// The yardstick.
    @State(Scope.Thread)
    public static class Srtp {
        private final byte[] plain = BenchmarkPackets.video();
        private final byte[] work = new byte[PACKET_BYTES + SrtpContext.MAX_GROWTH_BYTES];
        private final SrtpContext sender = SrtpContext.outbound(
                BenchmarkPackets.keys(SrtpProfile.AEAD_AES_128_GCM, 0), BenchmarkPackets.provider("jdk"));
        private int seq;
    }

    @Benchmark
    public byte[] sealSFrame(SFrame state) {
        return state.cipher.seal(state.counter++, SFrame.NO_METADATA, state.frame);
    }

    @Benchmark
    public Opened openSFrame(SFrame state) {
        return opened(state.cipher.open(SFrame.NO_METADATA, state.sealed));
    }

    @Benchmark
    public byte[] sealLiveKit(LiveKit state) {
        return state.seal();
    }

    @Benchmark
    public Opened openLiveKit(LiveKit state) {
        return opened(state.receiver.open(FrameCodec.VP8, false, state.sealed));
    }

    @Benchmark
    public int protectSrtp(Srtp state) {
        System.arraycopy(state.plain, 0, state.work, 0, PACKET_BYTES);
        BenchmarkPackets.sequence(state.work, state.seq++);
        return state.sender.protectRtp(state.work, 0, PACKET_BYTES);
    }

    private static Opened opened(Opened opened) {
        if (opened instanceof Opened.Refused) {
            throw new IllegalStateException("the frame did not open: " + opened);
        }
        return opened;
    }

    private static byte[] frame(int bytes) {
        byte[] frame = new byte[bytes];
        new Random(1).nextBytes(frame);
        return frame;
    }
}
