package io.tributary.load.bench;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.forward.ResendBudget;
import io.tributary.sfu.forward.SubscriberForwarder;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpProfile;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
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

/// One hostile datagram of each kind, from the peer table on, with the budgets and without. Time stands still, so what
/// has a budget is beyond it nearly always. The simulator's prices come from here.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
        value = 1,
        jvmArgs = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseZGC"})
public class HostileBenchmark {
    private static final int DATAGRAMS = 20_000;
    private static final int SSRC = 1_000;

    /// What a datagram is.
    public enum Kind {
        STRANGERS_RTP,
        CHECK_FOR_NOBODY,
        CHECK_WITH_WRONG_PASSWORD,
        GENUINE_CHECK,
        FORGED_RTP,
        NACK_OF_527,
        TWCC_OF_8192,
        TWCC_OF_65535,
        PLI
    }

    @Param
    public Kind kind = Kind.STRANGERS_RTP;

    @Param({"true", "false"})
    public boolean budgets = true;

    private final byte[][] datagrams = new byte[DATAGRAMS][];
    private final InetSocketAddress[] from = new InetSocketAddress[DATAGRAMS];
    private final IceCredentials local = new IceCredentials("a-local-ufrag-16", "a-local-password-of-32-characters");
    private final SrtpCipherProvider ciphers = BenchmarkPackets.provider("openssl");
    private @Nullable BenchmarkPeers peers;

    @Setup(Level.Trial)
    public void write() {
        SrtpContext client = SrtpContext.outbound(
                BenchmarkPackets.keys(SrtpProfile.AEAD_AES_128_GCM, 1).swapped(), ciphers);
        var random = new Random(1);
        for (int i = 0; i < DATAGRAMS; i++) {
            boolean stranger = kind == Kind.STRANGERS_RTP
                    || kind == Kind.CHECK_FOR_NOBODY
                    || kind == Kind.CHECK_WITH_WRONG_PASSWORD;
            from[i] = BenchmarkPeers.address(stranger ? 10_000 + i : 1);
            datagrams[i] = switch (kind) {
                case STRANGERS_RTP, FORGED_RTP -> forged(random);
                case CHECK_FOR_NOBODY -> check("nobody");
                case CHECK_WITH_WRONG_PASSWORD -> check(local.ufrag());
                case GENUINE_CHECK -> new BenchmarkPeers(ciphers).check(local);
                case NACK_OF_527 -> rtcp(client, 205, 1, nacks());
                case TWCC_OF_8192 -> rtcp(client, 205, 15, feedback(8_192));
                case TWCC_OF_65535 -> rtcp(client, 205, 15, feedback(65_535));
                case PLI -> rtcp(client, 206, 1, new byte[0]);
            };
        }
    }

    /// A peer takes each packet once, so each round begins with a fresh one.
    @Setup(Level.Invocation)
    public void connect() {
        var fresh = new BenchmarkPeers(ciphers, budgets ? PeerBudgets.DEFAULT : PeerBudgets.UNLIMITED);
        PeerTransport peer = fresh.connect(local);
        var track = new BenchmarkTrack(fresh.pool);
        var format = new PayloadFormat(Codec.VP8, 96, 97, true);
        var media = new OutgoingMedia("0", MediaKind.VIDEO, format, SSRC, SSRC + 1, BenchmarkTrack.EXTENSIONS, "cname");
        var forwarder = new SubscriberForwarder(
                track.track,
                LayerDemand.HIGHEST,
                feedback -> peer.send(media, feedback),
                new ResendBudget(),
                new DropCounter<>(ForwardDrop.class),
                failure -> {
                    throw new IllegalStateException(failure);
                });
        forwarder.onConnected(track.nowMicros());
        for (int i = 0; i < 1_000; i++) {
            track.receive();
        }
        peers = fresh;
    }

    @Benchmark
    @OperationsPerInvocation(DATAGRAMS)
    @SuppressWarnings("NullAway") // set up before
    public void receive() {
        for (int i = 0; i < DATAGRAMS; i++) {
            peers.receive(from[i], datagrams[i]);
        }
    }

    private byte[] check(String ufrag) {
        return new BenchmarkPeers(ciphers).check(new IceCredentials(ufrag, "no password of anybody's"));
    }

    private static byte[] forged(Random random) {
        byte[] packet = new byte[BenchmarkPackets.PACKET_BYTES];
        random.nextBytes(packet);
        packet[0] = (byte) 0x80;
        packet[1] = 96;
        return packet;
    }

    private static byte[] nacks() {
        ByteBuffer out = ByteBuffer.allocate(4 * 31);
        for (int i = 0; i < 31; i++) {
            out.putShort((short) (i * 17)).putShort((short) 0xFFFF);
        }
        return out.array();
    }

    private static byte[] feedback(int statuses) {
        int chunks = (statuses + 8_190) / 8_191;
        ByteBuffer out = ByteBuffer.allocate(8 + (2 * chunks + 3) / 4 * 4);
        out.putShort((short) 1).putShort((short) statuses).putInt(0);
        for (int i = 0; i < chunks; i++) {
            out.putShort((short) 8_191);
        }
        return out.array();
    }

    private static byte[] rtcp(SrtpContext client, int type, int format, byte[] body) {
        byte[] plain = ByteBuffer.allocate(12 + body.length)
                .put((byte) (0x80 | format))
                .put((byte) type)
                .putShort((short) (2 + body.length / 4))
                .putInt(1)
                .putInt(SSRC)
                .put(body)
                .array();
        byte[] roomy = Arrays.copyOf(plain, plain.length + SrtpContext.MAX_GROWTH_BYTES);
        return Arrays.copyOf(roomy, client.protectRtcp(roomy, 0, plain.length));
    }
}
