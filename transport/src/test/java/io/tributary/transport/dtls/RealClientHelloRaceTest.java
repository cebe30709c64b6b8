package io.tributary.transport.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerEvents;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.PeerTable;
import io.tributary.transport.sim.SimStun;
import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DatagramTransport;
import org.junit.jupiter.api.Test;

/// The race of ClientHellos on real sockets, with real handshakes: fifty clients that do ICE and DTLS as a browser
/// does, and a stranger who was faster.
class RealClientHelloRaceTest {
    private static final int SESSIONS = 50;

    /// Handshakes at once: each takes some milliseconds of a machine that does other things as well.
    private static final int AT_ONCE = 5;

    private static final int FORGED_EACH = 20;
    private static final int PATIENCE_SECONDS = 60;
    private static final int CHECK_MILLIS = 200;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final DtlsIdentity clientIdentity = DtlsPair.CLIENT;
    private final SecureRandom random = new SecureRandom();
    private final DropCounter<PeerDrop> drops = new DropCounter<>(PeerDrop.class);

    @Test
    void everyClientConnectsAfterForgedHellosAndAlerts() throws Exception {
        Executor blocking = task -> Thread.ofVirtual().start(task);
        byte[] hello = recordedHello();
        BouncyDtls.warmUp(DtlsPair.SERVER, blocking);
        try (var loop = new NettyLoop("race").start();
                var stranger = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
                var pool = Executors.newFixedThreadPool(AT_ONCE)) {
            var table = new AtomicReference<PeerTable>();
            try (UdpShard shard = UdpShard.bind(
                    loop,
                    List.of(new InetSocketAddress(LOOPBACK, 0)),
                    (now, socket, from, datagram) -> table.getPlain().receive(now, socket, from, datagram))) {
                table.set(new PeerTable(new PeerEnvironment(
                        loop,
                        loop.packets(),
                        shard,
                        new BouncyDtls(loop, DtlsPair.SERVER, blocking),
                        new JdkCipherProvider(),
                        random,
                        drops,
                        new DropCounter<>(IceDrop.class))));
                var sessions = new ArrayList<CompletableFuture<Boolean>>();
                for (int i = 0; i < SESSIONS; i++) {
                    int id = i + 1;
                    sessions.add(CompletableFuture.supplyAsync(
                            () -> connects(
                                    id, loop, table.get(), shard.addresses().getFirst(), stranger, hello),
                            pool));
                }
                for (CompletableFuture<Boolean> session : sessions) {
                    assertThat(session.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                }
                assertThat(drops.counted(PeerDrop.UNKNOWN_ADDRESS)).isPositive();
            }
        }
    }

    private boolean connects(
            int id,
            NettyLoop loop,
            PeerTable table,
            InetSocketAddress server,
            DatagramSocket stranger,
            byte[] forgedHello) {
        IceCredentials theirs = IceCredentials.random(random);
        IceCredentials ours = IceCredentials.random(random);
        var connected = new CompletableFuture<Boolean>();
        loop.post(() -> table.open(new PeerId(id), theirs, new Outcome(connected))
                .setRemote(ours, clientIdentity.fingerprint()));
        try (var socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
            flood(stranger, server, forgedHello);
            byte[] transaction = new byte[12];
            random.nextBytes(transaction);
            check(socket, server, SimStun.bindingRequest(transaction, ours, theirs, true));
            flood(stranger, server, forgedHello);
            var client = new BouncyClient(clientIdentity, List.of(SrtpProfile.values()));
            new DTLSClientProtocol().connect(client, new SocketTransport(socket, server, () -> {
                flood(stranger, server, forgedHello);
            }));
            return connected.get(PATIENCE_SECONDS, TimeUnit.SECONDS) && client.keys() != null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /// Hellos that would be answered, and alerts that would end a handshake, were they anybody's.
    private static void flood(DatagramSocket stranger, InetSocketAddress server, byte[] hello) {
        byte[] alert = {21, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40};
        try {
            for (int i = 0; i < FORGED_EACH; i++) {
                byte[] forged = i % 2 == 0 ? hello : alert;
                stranger.send(new DatagramPacket(forged, forged.length, server));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(DatagramSocket socket, InetSocketAddress server, byte[] request) throws IOException {
        socket.setSoTimeout(CHECK_MILLIS);
        byte[] answer = new byte[512];
        for (int i = 0; i < PATIENCE_SECONDS * 1_000 / CHECK_MILLIS; i++) {
            socket.send(new DatagramPacket(request, request.length, server));
            try {
                socket.receive(new DatagramPacket(answer, answer.length));
                assertThat(SimStun.isSuccess(answer)).isTrue();
                return;
            } catch (SocketTimeoutException e) {
                // the table may not know us yet
            }
        }
        throw new AssertionError("no answer to a check");
    }

    /// What Bouncy Castle says first, to nobody.
    private static byte[] recordedHello() {
        var first = new CompletableFuture<byte[]>();
        var nowhere = new DatagramQueue(first::complete);
        Thread.ofVirtual().start(() -> {
            try {
                new DTLSClientProtocol()
                        .connect(new BouncyClient(DtlsPair.CLIENT, List.of(SrtpProfile.values())), nowhere);
            } catch (IOException e) {
                // that is how it ends
            }
        });
        byte[] hello = first.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        nowhere.close();
        return hello;
    }

    private record Outcome(CompletableFuture<Boolean> connected) implements PeerEvents {
        @Override
        public void onConnected(long nowMicros) {
            connected.complete(true);
        }

        @Override
        public void onDisconnected(long nowMicros, String reason) {
            connected.complete(false);
        }

        @Override
        public void onFailed(long nowMicros, Throwable failure) {
            connected.completeExceptionally(failure);
        }
    }

    /// A socket for Bouncy Castle; whenever it sends, the stranger does too.
    private record SocketTransport(DatagramSocket socket, InetSocketAddress server, Runnable onSend)
            implements DatagramTransport {
        @Override
        public int getReceiveLimit() {
            return 1_500;
        }

        @Override
        public int getSendLimit() {
            return DatagramQueue.SEND_LIMIT_BYTES;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
            socket.setSoTimeout(Math.max(1, waitMillis));
            byte[] datagram = new byte[2_000];
            var packet = new DatagramPacket(datagram, datagram.length);
            try {
                do {
                    socket.receive(packet);
                } while (datagram[0] < 20); // a late answer to a check
            } catch (SocketTimeoutException e) {
                return -1;
            }
            int received = Math.min(length, packet.getLength());
            System.arraycopy(datagram, 0, buffer, offset, received);
            return received;
        }

        @Override
        public void send(byte[] buffer, int offset, int length) throws IOException {
            onSend.run();
            byte[] bytes = Arrays.copyOfRange(buffer, offset, offset + length);
            socket.send(new DatagramPacket(bytes, length, server));
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
