package io.tributary.load.bench;

import static io.tributary.load.bench.BenchmarkPackets.PACKET_BYTES;

import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpProfile;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One packet protected, or protected and opened again, under one key or round-robin under 500: the keys of a
/// large room's subscribers, whose schedules do not stay in the cache. Copying the packet is part of it.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class ProtectBenchmark {
    @Param({"openssl", "jdk", "ipsec-mb"})
    public String provider = "openssl";

    @Param({"AEAD_AES_128_GCM", "AES128_CM_SHA1_80"})
    public SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;

    @Param({"1", "500"})
    public int keys = 1;

    /// Video, and what audio is like.
    @Param({"1100", "120"})
    public int bytes = PACKET_BYTES;

    private byte[] plain = new byte[0];
    private byte[] work = new byte[0];
    private SrtpContext[] senders = new SrtpContext[0];
    private SrtpContext[] receivers = new SrtpContext[0];
    private int next;
    private int seq;

    @Setup(Level.Trial)
    public void open() {
        plain = BenchmarkPackets.video(bytes);
        work = new byte[bytes + SrtpContext.MAX_GROWTH_BYTES];
        SrtpCipherProvider ciphers = BenchmarkPackets.provider(provider);
        senders = new SrtpContext[keys];
        receivers = new SrtpContext[keys];
        for (int i = 0; i < keys; i++) {
            senders[i] = SrtpContext.outbound(BenchmarkPackets.keys(profile, i), ciphers);
            receivers[i] = SrtpContext.inbound(BenchmarkPackets.keys(profile, i).swapped(), ciphers);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        for (int i = 0; i < keys; i++) {
            senders[i].close();
            receivers[i].close();
        }
    }

    @Benchmark
    public int protect() {
        int length = protectNext();
        turn();
        return length;
    }

    @Benchmark
    public int protectAndUnprotect() {
        int length = receivers[next].unprotectRtp(work, 0, protectNext());
        if (length != bytes) {
            throw new IllegalStateException("the packet did not open: " + length);
        }
        turn();
        return length;
    }

    private int protectNext() {
        System.arraycopy(plain, 0, work, 0, bytes);
        BenchmarkPackets.sequence(work, seq);
        return senders[next].protectRtp(work, 0, bytes);
    }

    private void turn() {
        if (++next == keys) {
            next = 0;
            seq++;
        }
    }
}
