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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One video packet opened, under one key or round-robin under 500. Its allocation rate includes the setup of each
/// round; for that of the packets alone see [ProtectBenchmark].
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class UnprotectBenchmark {
    /// Packets of one round: 8 MiB, more than a cache holds, as packets from a socket are.
    private static final int SEALED = 8000;

    @Param({"openssl", "jdk", "ipsec-mb"})
    public String provider = "openssl";

    @Param({"AEAD_AES_128_GCM", "AES128_CM_SHA1_80"})
    public SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;

    @Param({"1", "500"})
    public int keys = 1;

    private final byte[] work = new byte[PACKET_BYTES + SrtpContext.MAX_GROWTH_BYTES];
    private final byte[][] sealed = new byte[SEALED][work.length];
    private SrtpCipherProvider ciphers = BenchmarkPackets.provider("jdk");
    private SrtpContext[] receivers = new SrtpContext[0];
    private int sealedBytes;

    @Setup(Level.Trial)
    public void seal() {
        ciphers = BenchmarkPackets.provider(provider);
        byte[] plain = BenchmarkPackets.video();
        SrtpContext[] senders = new SrtpContext[keys];
        for (int i = 0; i < keys; i++) {
            senders[i] = SrtpContext.outbound(BenchmarkPackets.keys(profile, i), ciphers);
        }
        for (int i = 0; i < SEALED; i++) {
            System.arraycopy(plain, 0, sealed[i], 0, PACKET_BYTES);
            BenchmarkPackets.sequence(sealed[i], i / keys);
            sealedBytes = senders[i % keys].protectRtp(sealed[i], 0, PACKET_BYTES);
        }
        for (SrtpContext sender : senders) {
            sender.close();
        }
    }

    /// A receiver opens each packet once, so each round over the packets begins with fresh receivers. A round lasts
    /// milliseconds: long enough for a setup around it.
    @Setup(Level.Invocation)
    public void open() {
        receivers = new SrtpContext[keys];
        for (int i = 0; i < keys; i++) {
            receivers[i] = SrtpContext.inbound(BenchmarkPackets.keys(profile, i).swapped(), ciphers);
        }
    }

    @TearDown(Level.Invocation)
    public void close() {
        for (SrtpContext receiver : receivers) {
            receiver.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(SEALED)
    public int unprotect() {
        int opened = 0;
        for (int i = 0; i < SEALED; i++) {
            System.arraycopy(sealed[i], 0, work, 0, sealedBytes);
            opened += receivers[i % keys].unprotectRtp(work, 0, sealedBytes);
        }
        if (opened != SEALED * PACKET_BYTES) {
            throw new IllegalStateException("some packets did not open");
        }
        return opened;
    }
}
