package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sim.ScriptedDtls;
import io.tributary.transport.sim.SimRtp;
import io.tributary.transport.sim.SimStun;
import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// A flood on real sockets: somebody speaks, somebody listens, and fifty thousand packets of garbage a second come from
/// strangers and in the speaker's own name. Speech takes about as long as in the calm before: a server that is busy
/// with garbage would let it wait until the socket's buffer is full of it, and then lose most of it.
///
/// The machine also runs the flood, and other tests. So what counts is the packet in the middle, which no pause moves
/// that is shorter than half the flood, and the best of a few floods.
class FloodTest {
    private static final int GARBAGE_PER_SECOND = 50_000;
    private static final int PER_BURST = 50;
    private static final int FLOOD_MILLIS = 2_000;
    private static final int MOST_FLOODS = 3;
    private static final long PACKET_NANOS = 20_000_000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    /// Besides a multiple of the calm: a loop that has to share its core. A buffer full of garbage takes longer.
    private static final long SHARED_CORE_MICROS = 25_000;

    private static final int TIMES_THE_CALM = 10;

    private static final int SPEAKERS_SSRC = 77;
    private static final int LISTENERS_SSRC = 99;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final SecureRandom random = new SecureRandom();

    @Test
    void speechGetsThroughAFloodOfGarbage() throws Exception {
        try (var loop = new NettyLoop("flood").start()) {
            var inlet = new DatagramInlet();
            try (UdpShard shard = UdpShard.bind(loop, List.of(new InetSocketAddress(LOOPBACK, 0)), inlet);
                    var strangers = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
                InetSocketAddress server = shard.addresses().getFirst();
                var candidate = new IceCandidate("1", 2_130_706_431, LOOPBACK, server.getPort());
                var plane = new MediaLoops(
                        List.of(new MediaShard(loop, loop.packets(), shard, List.of(candidate), inlet)),
                        _ -> new ScriptedDtls.Factory(),
                        new JdkCipherProvider(),
                        random);
                try (var speaker = new Client(plane, server, 1);
                        var listener = new Client(plane, server, 2)) {
                    speaker.connect();
                    listener.connect();
                    plane.publish(new PeerId(1), Call.audio("TR_speech"), speech());
                    plane.subscribe(
                            new PeerId(2),
                            new TrackSid("TR_speech"),
                            new OutgoingMedia(
                                    "0", MediaKind.AUDIO, Call.AUDIO, LISTENERS_SSRC, 0, Call.EXTENSIONS, "c"),
                            LayerDemand.HIGHEST);
                    Heard calm = talk(speaker, listener);
                    var floods = new ArrayList<Heard>();
                    do {
                        floods.add(talkDuringFlood(speaker, listener, strangers, server));
                    } while (!floods.getLast().isLike(calm) && floods.size() < MOST_FLOODS);
                    System.out.printf(
                            "speech through %,d packets of garbage a second: %s; without: %s%n",
                            GARBAGE_PER_SECOND, floods, calm);

                    assertThat(floods.getLast().isLike(calm))
                            .as("%s through the flood, %s without", floods, calm)
                            .isTrue();
                    assertThat(plane.counted(PeerDrop.UNKNOWN_ADDRESS)).isPositive();
                    assertThat(plane.counted(PeerDrop.FORGERY_BUDGET)).isPositive();
                }
            }
        }
    }

    /// What came of some speech.
    private record Heard(int spoken, int heard, long p50Micros, long p99Micros) {
        static Heard of(int spoken, List<Long> micros) {
            long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
            assertThat(sorted).as("packets that came").isNotEmpty();
            return new Heard(spoken, sorted.length, sorted[sorted.length / 2], sorted[sorted.length * 99 / 100]);
        }

        /// Three in four packets came, and in time.
        boolean isLike(Heard calm) {
            return heard * 4 >= spoken * 3 && p50Micros <= TIMES_THE_CALM * calm.p50Micros + SHARED_CORE_MICROS;
        }
    }

    private static IncomingMedia speech() {
        return new IncomingMedia(
                "0",
                MediaKind.AUDIO,
                List.of(Call.AUDIO),
                Call.EXTENSIONS,
                List.of(),
                List.of(SPEAKERS_SSRC),
                List.of(0));
    }

    private Heard talkDuringFlood(Client speaker, Client listener, DatagramSocket strangers, InetSocketAddress server)
            throws Exception {
        var stop = new AtomicBoolean();
        Thread flood = Thread.ofPlatform().daemon().start(() -> flood(stop, strangers, speaker.socket, server));
        try {
            return talk(speaker, listener);
        } finally {
            stop.set(true);
            flood.join();
        }
    }

    /// Speaks for [#FLOOD_MILLIS].
    private static Heard talk(Client speaker, Client listener) throws Exception {
        long until = System.nanoTime() + FLOOD_MILLIS * 1_000_000L;
        var heard = new ArrayList<Long>();
        Thread ear = Thread.ofPlatform().daemon().start(() -> listener.listen(until + 1_000_000_000, heard));
        int spoken = 0;
        for (long next = System.nanoTime(); next < until; next += PACKET_NANOS) {
            LockSupport.parkNanos(next - System.nanoTime());
            speaker.say();
            spoken++;
        }
        ear.join();
        return Heard.of(spoken, heard);
    }

    /// Half from a stranger's socket, half from the speaker's own: the same address for the server.
    private static void flood(
            AtomicBoolean stop, DatagramSocket strangers, DatagramSocket speakers, InetSocketAddress server) {
        var random = new Random(1);
        byte[] garbage = new byte[200];
        long start = System.nanoTime();
        try {
            for (long sent = 0; !stop.get(); sent += PER_BURST) {
                LockSupport.parkNanos(start + sent * 1_000_000_000 / GARBAGE_PER_SECOND - System.nanoTime());
                for (int i = 0; i < PER_BURST; i++) {
                    random.nextBytes(garbage);
                    garbage[0] = (byte) 0x80;
                    garbage[1] = Call.OPUS;
                    (i % 2 == 0 ? strangers : speakers).send(new DatagramPacket(garbage, garbage.length, server));
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// A participant on a real socket: checks, the scripted handshake, real SRTP.
    private final class Client implements AutoCloseable {
        final DatagramSocket socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        private final MediaPlane plane;
        private final InetSocketAddress server;
        private final PeerId id;
        private final long keySeed;
        private final IceCredentials local = IceCredentials.random(random);
        private final SrtpContext inbound;
        private final SrtpContext outbound;
        private final AtomicLong connected = new AtomicLong();
        private int seq = 100;

        Client(MediaPlane plane, InetSocketAddress server, long number) throws IOException {
            this.plane = plane;
            this.server = server;
            id = new PeerId(number);
            keySeed = number;
            var keys = ScriptedDtls.keys(SrtpProfile.AEAD_AES_128_GCM, keySeed).swapped();
            inbound = SrtpContext.inbound(keys, new JdkCipherProvider());
            outbound = SrtpContext.outbound(keys, new JdkCipherProvider());
        }

        void connect() throws IOException {
            MediaPlane.LocalTransport remote = plane.open(id, event -> {
                if (event instanceof RouterEvent.Connected) {
                    connected.incrementAndGet();
                }
            });
            plane.setRemote(id, local, new Fingerprint("sha-256", "43:4C:49"));
            byte[] check = SimStun.bindingRequest(new byte[12], local, remote.credentials(), true);
            byte[] hello = ScriptedDtls.hello(SrtpProfile.AEAD_AES_128_GCM, keySeed);
            socket.setSoTimeout(50);
            byte[] answer = new byte[2_000];
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (connected.get() == 0) {
                assertThat(System.nanoTime()).as("connects in time").isLessThan(deadline);
                send(check);
                send(hello);
                try {
                    socket.receive(new DatagramPacket(answer, answer.length));
                } catch (SocketTimeoutException e) {
                    // again, then
                }
            }
        }

        /// One packet that says when it was sent.
        void say() throws IOException {
            byte[] payload = ByteBuffer.allocate(80).putLong(System.nanoTime()).array();
            byte[] plain = new SimRtp(Call.OPUS, seq, seq * 960, SPEAKERS_SSRC, payload)
                    .with(Call.AUDIO_LEVEL_ID, new byte[] {30})
                    .encode();
            seq++;
            byte[] roomy = Arrays.copyOf(plain, plain.length + SrtpContext.MAX_GROWTH_BYTES);
            send(Arrays.copyOf(roomy, outbound.protectRtp(roomy, 0, plain.length)));
        }

        /// Notes how long each packet was under way.
        void listen(long untilNanos, List<Long> microseconds) {
            byte[] datagram = new byte[2_000];
            try {
                while (System.nanoTime() < untilNanos) {
                    var packet = new DatagramPacket(datagram, datagram.length);
                    try {
                        socket.receive(packet);
                    } catch (SocketTimeoutException e) {
                        continue;
                    }
                    long now = System.nanoTime();
                    if ((datagram[0] & 0xC0) == 0x80 && (datagram[1] & 0x7F) == Call.OPUS) {
                        int length = inbound.unprotectRtp(datagram, 0, packet.getLength());
                        assertThat(length).isPositive();
                        SimRtp rtp = SimRtp.decode(Arrays.copyOf(datagram, length));
                        microseconds.add((now - ByteBuffer.wrap(rtp.payload()).getLong()) / 1_000);
                    }
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void send(byte[] datagram) throws IOException {
            socket.send(new DatagramPacket(datagram, datagram.length, server));
        }

        @Override
        public void close() {
            plane.close(id);
            socket.close();
        }
    }
}
