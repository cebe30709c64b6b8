package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.netty.UdpShard.SendPath;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Shards on real loopback sockets; the peers are ordinary JDK sockets.
class UdpShardTest {
    private static final int PACKETS = 10_000;
    private static final int WINDOW = 64;
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("::1");

    @ParameterizedTest
    @CsvSource({
        "EPOLL, SENDMMSG, 127.0.0.1",
        "EPOLL, SENDMMSG, ::1",
        "EPOLL, SEGMENTS, 127.0.0.1",
        "EPOLL, SEGMENTS, ::1",
        "EPOLL, PORTABLE, 127.0.0.1",
        "NIO, PORTABLE, 127.0.0.1"
    })
    void echoesTenThousandPacketsAndLosesNone(NettyLoop.Backend backend, SendPath path, String host) throws Exception {
        try (var loop = new NettyLoop("test", backend).start();
                var echo = new Echo(loop, path, List.of(any(InetAddress.ofLiteral(host))));
                var peer = peer(InetAddress.ofLiteral(host))) {
            var random = new Random(7);
            int received = 0;
            int sent = 0;
            byte[][] expected = new byte[PACKETS][];
            while (received < PACKETS) {
                // paced: never more under way than any socket buffer holds
                while (sent < PACKETS && sent - received < WINDOW) {
                    byte[] bytes = new byte[4 + random.nextInt(1_200)];
                    random.nextBytes(bytes);
                    ByteBuffer.wrap(bytes).putInt(0, sent);
                    expected[sent++] = bytes;
                    peer.send(new DatagramPacket(bytes, bytes.length, echo.address(0)));
                }
                byte[] back = receive(peer);
                int number = ByteBuffer.wrap(back).getInt(0);
                assertThat(number)
                        .as("packets between two sockets keep their order")
                        .isEqualTo(received);
                assertThat(back).isEqualTo(expected[number]);
                received++;
            }
            var counters = echo.shard.counters();
            assertThat(counters.packetsIn()).isEqualTo(PACKETS);
            assertThat(counters.bytesIn())
                    .isEqualTo(Arrays.stream(expected).mapToLong(b -> b.length).sum());
            settle(loop);
            assertThat(counters.packetsOut()).isEqualTo(PACKETS);
            assertThat(counters.bytesOut()).isEqualTo(counters.bytesIn());
            for (UdpDrop reason : UdpDrop.values()) {
                assertThat(counters.drops().counted(reason)).as(reason.name()).isZero();
            }
            assertThat(loop.failures()).isZero();
            assertThat(loop.packets().outstanding()).isZero();
        }
    }

    @Test
    void sendsTheSameBytesOnEveryPathToManyPeers() throws Exception {
        List<List<String>> portable = fanOut(SendPath.PORTABLE);
        assertThat(fanOut(SendPath.SENDMMSG)).isEqualTo(portable);
        assertThat(fanOut(SendPath.SEGMENTS)).isEqualTo(portable);
    }

    /// As a browser's frame goes to its subscribers, over either family: the kernel cuts what was sent in one piece.
    @ParameterizedTest
    @CsvSource({"127.0.0.1", "::1"})
    void cutsRunsWhereTheyWereJoined(String host) throws Exception {
        var address = InetAddress.ofLiteral(host);
        try (var loop = new NettyLoop("test").start();
                var shard = UdpShard.bind(loop, List.of(any(address)), (_, _, _, _) -> {});
                var one = peer(address);
                var other = peer(address)) {
            int[] sizes = {1_200, 1_200, 1_200, 900, 120, 1_200, 1_200, 1_300, 1_300, 10};
            loop.post(() -> {
                for (int i = 0; i < sizes.length; i++) {
                    for (DatagramSocket peer : List.of(one, other)) {
                        Outlet outlet = outlet(shard, peer);
                        long at = outlet.claim(2_000);
                        outlet.memory().asSlice(at, sizes[i]).fill((byte) i);
                        outlet.commit(sizes[i], false);
                    }
                }
            });
            for (DatagramSocket peer : List.of(one, other)) {
                for (int i = 0; i < sizes.length; i++) {
                    byte[] expected = new byte[sizes[i]];
                    Arrays.fill(expected, (byte) i);
                    assertThat(receive(peer)).isEqualTo(expected);
                }
            }
            settle(loop);
            assertThat(shard.sendPath()).isEqualTo(SendPath.SEGMENTS);
            assertThat(shard.counters().packetsOut()).isEqualTo(20);
            assertThat(shard.counters().messagesOut()).as("4, 1, 2, 3 to each").isEqualTo(8);
        }
    }

    /// As from a publisher whose system sends a frame in one piece, and ours takes it in one piece (UDP_GRO).
    @ParameterizedTest
    @CsvSource({"127.0.0.1", "::1"})
    void takesApartWhatTheKernelHasJoined(String host) throws Exception {
        var address = InetAddress.ofLiteral(host);
        int[] sizes = {1_200, 1_200, 1_200, 900, 120, 1_200, 1_200, 1_300, 1_300, 10};
        var got = new LinkedBlockingQueue<byte[]>();
        try (var loop = new NettyLoop("test").start();
                var from = UdpShard.bind(loop, List.of(any(address)), (_, _, _, _) -> {});
                var to = UdpShard.bind(loop, List.of(any(address)), (_, _, remote, packet) -> {
                    assertThat(remote).isEqualTo(from.addresses().getFirst());
                    got.add(Arrays.copyOfRange(packet.array(), packet.offset(), packet.end()));
                })) {
            loop.post(() -> {
                Outlet outlet = Objects.requireNonNull(
                        from.outlet(new Tuple(0, to.addresses().getFirst())));
                for (int i = 0; i < sizes.length; i++) {
                    long at = outlet.claim(2_000);
                    outlet.memory().asSlice(at, sizes[i]).fill((byte) i);
                    outlet.commit(sizes[i], false);
                }
            });
            for (int i = 0; i < sizes.length; i++) {
                byte[] expected = new byte[sizes[i]];
                Arrays.fill(expected, (byte) i);
                assertThat(got.poll(20, TimeUnit.SECONDS)).isEqualTo(expected);
            }
            settle(loop);
            assertThat(loop.failures()).isZero();
            assertThat(to.counters().packetsIn()).isEqualTo(sizes.length);
            assertThat(to.counters().messagesIn()).as("4, 1, 2, 3 datagrams").isEqualTo(4);
        }
    }

    private static Outlet outlet(UdpShard shard, DatagramSocket to) {
        var tuple = new Tuple(0, (InetSocketAddress) to.getLocalSocketAddress());
        return Objects.requireNonNull(shard.outlet(tuple));
    }

    /// One turn that sends more than a batch holds, to several peers; what each of them got, in order.
    private static List<List<String>> fanOut(SendPath path) throws Exception {
        var peers = new ArrayList<DatagramSocket>();
        try (var loop = new NettyLoop("test").start();
                var shard = UdpShard.bind(loop, List.of(any(IPV4)), (_, _, _, _) -> {}, path)) {
            for (int i = 0; i < 7; i++) {
                peers.add(peer(IPV4));
            }
            int packets = 2 * SendmmsgWriter.BATCH + 17;
            loop.post(() -> {
                var random = new Random(11);
                for (int i = 0; i < packets; i++) {
                    PacketBuffer packet = loop.packets().take();
                    packet.set(random.nextInt(200), 1 + random.nextInt(300)); // Netty sends no empty ones
                    for (int at = packet.offset(); at < packet.end(); at++) {
                        packet.array()[at] = (byte) random.nextInt();
                    }
                    DatagramSocket to = peers.get(i % peers.size());
                    shard.send(new Tuple(0, (InetSocketAddress) to.getLocalSocketAddress()), packet);
                }
            });
            var got = new ArrayList<List<String>>();
            for (int p = 0; p < peers.size(); p++) {
                var mine = new ArrayList<String>();
                for (int i = p; i < packets; i += peers.size()) {
                    mine.add(HexFormat.of().formatHex(receive(peers.get(p))));
                }
                got.add(mine);
            }
            return got;
        } finally {
            peers.forEach(DatagramSocket::close);
        }
    }

    @Test
    void keepsBothFamiliesOnOnePort() throws Exception {
        try (var loop = new NettyLoop("test").start();
                var first = new Echo(loop, SendPath.SENDMMSG, List.of(any(InetAddress.ofLiteral("0.0.0.0"))))) {
            int port = first.address(0).getPort();
            var wildcard6 = new InetSocketAddress(InetAddress.ofLiteral("::"), port);
            try (var second = new Echo(loop, SendPath.SENDMMSG, List.of(wildcard6));
                    var peer4 = peer(IPV4);
                    var peer6 = peer(IPV6)) {
                peer4.send(new DatagramPacket(new byte[] {4}, 1, IPV4, port));
                assertThat(receive(peer4)).containsExactly(4);
                peer6.send(new DatagramPacket(new byte[] {6}, 1, IPV6, port));
                assertThat(receive(peer6)).containsExactly(6);
                assertThat(first.shard.counters().packetsIn()).isEqualTo(1);
                assertThat(second.shard.counters().packetsIn()).isEqualTo(1);
            }
        }
    }

    @Test
    void namesTheSocketThatADatagramCameThrough() throws Exception {
        var sockets = new LinkedBlockingQueue<Integer>();
        try (var loop = new NettyLoop("test").start();
                var shard =
                        UdpShard.bind(loop, List.of(any(IPV4), any(IPV6)), (_, socket, _, _) -> sockets.add(socket));
                var peer4 = peer(IPV4);
                var peer6 = peer(IPV6)) {
            peer6.send(new DatagramPacket(new byte[1], 1, shard.addresses().get(1)));
            assertThat(sockets.poll(20, TimeUnit.SECONDS)).isEqualTo(1);
            peer4.send(new DatagramPacket(new byte[1], 1, shard.addresses().get(0)));
            assertThat(sockets.poll(20, TimeUnit.SECONDS)).isEqualTo(0);
        }
    }

    @Test
    void dropsWhatDoesNotFitABuffer() throws Exception {
        try (var loop = new NettyLoop("test").start();
                var echo = new Echo(loop, SendPath.SENDMMSG, List.of(any(IPV4)));
                var peer = peer(IPV4)) {
            int most = PacketBuffer.CAPACITY - PacketBuffer.HEADROOM;
            for (int sizeBytes : new int[] {most + 1, PacketBuffer.CAPACITY, 9_000, 60_000, most}) {
                peer.send(new DatagramPacket(new byte[sizeBytes], sizeBytes, echo.address(0)));
            }
            assertThat(receive(peer)).hasSize(most);
            assertThat(echo.shard.counters().drops().counted(UdpDrop.OVERSIZED)).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(SendPath.class)
    void goesOnBehindADatagramThatCannotBeSent(SendPath path) throws Exception {
        try (var loop = new NettyLoop("test").start();
                var shard = UdpShard.bind(loop, List.of(any(IPV4)), (_, _, _, _) -> {}, path);
                var peer = peer(IPV4)) {
            var reachable = (InetSocketAddress) peer.getLocalSocketAddress();
            var broadcast = new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), 9);
            var otherFamily = new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 9);
            loop.post(() -> {
                for (InetSocketAddress to : List.of(reachable, broadcast, reachable, otherFamily, reachable)) {
                    PacketBuffer packet = loop.packets().take();
                    packet.length(100);
                    shard.send(new Tuple(0, to), packet);
                }
            });
            for (int i = 0; i < 3; i++) {
                assertThat(receive(peer)).hasSize(100);
            }
            settle(loop);
            assertThat(shard.counters().drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(2);
            assertThat(shard.counters().packetsOut()).isEqualTo(3);
        }
    }

    @Test
    void dropsWhatIsSentAfterTheClose() throws Exception {
        try (var loop = new NettyLoop("test").start()) {
            var shard = UdpShard.bind(loop, List.of(any(IPV4)), (_, _, _, _) -> {});
            shard.close();
            var done = new LinkedBlockingQueue<Boolean>();
            loop.post(() -> {
                shard.send(
                        new Tuple(0, new InetSocketAddress(IPV4, 9)),
                        loop.packets().take());
                done.add(true);
            });
            assertThat(done.poll(20, TimeUnit.SECONDS)).isTrue();
            assertThat(shard.counters().drops().counted(UdpDrop.CLOSED)).isEqualTo(1);
            assertThat(loop.packets().outstanding()).isZero();
        }
    }

    @Test
    void survivesAReceiverThatThrows() throws Exception {
        var calls = new AtomicInteger();
        var second = new LinkedBlockingQueue<Boolean>();
        try (var loop = new NettyLoop("test").start();
                var shard = UdpShard.bind(loop, List.of(any(IPV4)), (_, _, _, _) -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IllegalStateException("on purpose");
                    }
                    second.add(true);
                });
                var peer = peer(IPV4)) {
            peer.send(new DatagramPacket(new byte[1], 1, shard.addresses().getFirst()));
            peer.send(new DatagramPacket(new byte[1], 1, shard.addresses().getFirst()));
            assertThat(second.poll(20, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.failures()).isEqualTo(1);
            assertThat(loop.packets().outstanding()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void saysWhichPortIsTakenAndBindsNothing() throws Exception {
        try (var loop = new NettyLoop("test").start();
                var taken = peer(IPV4)) {
            int freePort = freePort();
            assertThatThrownBy(() -> UdpShard.bind(
                            loop,
                            List.of(new InetSocketAddress(IPV4, freePort), (InetSocketAddress)
                                    taken.getLocalSocketAddress()),
                            (_, _, _, _) -> {}))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("UDP 127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("port " + taken.getLocalPort() + " is in use");
            try (var again = new DatagramSocket(new InetSocketAddress(IPV4, freePort))) {
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    /// A shard that sends every datagram back where it came from.
    private static final class Echo implements AutoCloseable {
        final UdpShard shard;

        Echo(NettyLoop loop, SendPath path, List<InetSocketAddress> addresses) throws IOException {
            var self = new UdpShard[1];
            shard = UdpShard.bind(
                    loop,
                    addresses,
                    (_, socket, remote, packet) -> self[0].send(new Tuple(socket, remote), packet.retain()),
                    path);
            self[0] = shard;
        }

        InetSocketAddress address(int socket) {
            return shard.addresses().get(socket);
        }

        @Override
        public void close() {
            shard.close();
        }
    }

    private static int freePort() throws IOException {
        try (var free = peer(IPV4)) {
            return free.getLocalPort();
        }
    }

    /// Returns when every turn that was begun has ended.
    private static void settle(NettyLoop loop) throws InterruptedException {
        var done = new CountDownLatch(1);
        loop.post(done::countDown);
        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private static InetSocketAddress any(InetAddress address) {
        return new InetSocketAddress(address, 0);
    }

    private static DatagramSocket peer(InetAddress address) throws IOException {
        var peer = new DatagramSocket(any(address));
        peer.setReceiveBufferSize(4 << 20);
        peer.setSoTimeout(20_000);
        return peer;
    }

    private static byte[] receive(DatagramSocket peer) throws IOException {
        var packet = new DatagramPacket(new byte[65_536], 65_536);
        peer.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }
}
