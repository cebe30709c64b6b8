package io.tributary.load.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.load.net.ClientLoop;
import io.tributary.load.net.ClientSocket;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A generator's connection with another one of its own, on real sockets: one is DTLS client, the other DTLS server, as
/// it is with a server that answers `setup:active`.
class ClientPeerTest {
    private static final long PATIENCE_SECONDS = 20;

    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final ClientLoop loop;
    private final PeerFactory factory;

    ClientPeerTest() throws IOException {
        loop = new ClientLoop("peers").start();
        var loopback = (Inet4Address) InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        factory = new PeerFactory(loop, loopback, new Random(1), blocking);
    }

    @AfterEach
    void close() {
        loop.close();
        blocking.shutdownNow(); // each handshake's thread waits for more as long as its connection lives
    }

    @Test
    void mediaGoesBothWaysWhoeverIsDtlsServer() throws Exception {
        var client = new End(true);
        var server = new End(false);
        client.connectTo(server, factory.fingerprint(), false);
        server.connectTo(client, factory.fingerprint(), true);
        client.settled();
        server.settled();

        client.send(packet(11));
        assertThat(server.next()).isEqualTo(packet(11));
        server.send(packet(12));
        assertThat(client.next()).isEqualTo(packet(12));
        assertThat(client.refused.get() + server.refused.get()).isZero();
    }

    @Test
    void aDtlsServerRefusesWhoeverItWasNotPromised() throws Exception {
        var client = new End(true);
        var server = new End(false);
        client.connectTo(server, factory.fingerprint(), false);
        server.connectTo(client, new Fingerprint("sha-256", "00" + ":00".repeat(31)), true);

        assertThat(server.failure()).startsWith("DTLS");
        assertThat(client.failure()).startsWith("DTLS");
    }

    /// Version 2, no extensions, and a payload that tells packets apart.
    private static List<Byte> packet(int number) {
        byte[] bytes = new byte[100];
        new Random(number).nextBytes(bytes);
        bytes[0] = (byte) 0x80;
        bytes[1] = 96;
        return asList(bytes);
    }

    private static List<Byte> asList(byte[] bytes) {
        var list = new ArrayList<Byte>();
        for (byte one : bytes) {
            list.add(one);
        }
        return list;
    }

    /// One end, and what it hears.
    private final class End implements PeerListener {
        final ClientPeer peer;
        private final CompletableFuture<String> outcome = new CompletableFuture<>();
        private final LinkedBlockingQueue<List<Byte>> received = new LinkedBlockingQueue<>();
        final AtomicInteger refused = new AtomicInteger();

        End(boolean controlling) throws Exception {
            peer = onLoop(() -> factory.open(controlling, this));
        }

        void connectTo(End other, Fingerprint promised, boolean asServer) throws Exception {
            InetSocketAddress there = other.peer.address();
            onLoop(() -> {
                peer.candidate(ClientSocket.endpoint(there.getAddress().getAddress(), there.getPort()));
                peer.connect(other.peer.credentials(), promised, asServer);
                return peer;
            });
        }

        void settled() throws Exception {
            assertThat(outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("connected");
        }

        String failure() throws Exception {
            return outcome.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        void send(List<Byte> packet) throws Exception {
            byte[] bytes = new byte[packet.size() + SrtpContext.MAX_GROWTH_BYTES];
            for (int i = 0; i < packet.size(); i++) {
                bytes[i] = packet.get(i);
            }
            int sent = onLoop(() -> peer.sendRtp(bytes, 0, packet.size()));
            assertThat(sent).isGreaterThan(packet.size());
        }

        List<Byte> next() throws InterruptedException, TimeoutException {
            List<Byte> packet = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (packet == null) {
                throw new TimeoutException("nothing came");
            }
            return packet;
        }

        @Override
        public void onConnected(long nowMicros) {
            outcome.complete("connected");
        }

        @Override
        public void onFailed(String reason) {
            outcome.complete(reason);
        }

        @Override
        public boolean verifies(RtpPacket packet) {
            return true;
        }

        @Override
        public void onRtp(long nowMicros, long arrivedNanos, RtpPacket packet) {
            int from = packet.payloadOffset() - 12;
            received.add(
                    asList(Arrays.copyOfRange(packet.array(), from, packet.payloadOffset() + packet.payloadLength())));
        }

        @Override
        public void onUnopened(long nowMicros, RtpPacket packet) {
            refused.incrementAndGet();
        }

        @Override
        public void onRefused() {
            refused.incrementAndGet();
        }

        @Override
        public void onReportDue(long nowMicros) {
            // nothing to report
        }
    }

    private interface Asked<T> {
        T answer() throws IOException;
    }

    private <T> T onLoop(Asked<T> asked) throws Exception {
        var answer = new CompletableFuture<T>();
        loop.post(() -> {
            try {
                answer.complete(asked.answer());
            } catch (IOException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
