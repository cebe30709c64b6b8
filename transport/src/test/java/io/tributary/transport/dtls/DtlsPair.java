package io.tributary.transport.dtls;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.SerialLoop;
import io.tributary.transport.srtp.SrtpKeys;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.DatagramTransport;

/// A real Bouncy Castle client and the endpoint under test, with a link in between that a test may spoil.
final class DtlsPair implements DtlsEndpoint.Listener, AutoCloseable {
    static final DtlsIdentity SERVER = DtlsIdentity.generate(new SecureRandom(), Instant.EPOCH);
    static final DtlsIdentity CLIENT = DtlsIdentity.generate(new SecureRandom(), Instant.EPOCH);

    /// Above any retransmission of a lossy handshake, below the patience of whoever waits for the tests.
    private static final int PATIENCE_SECONDS = 25;

    /// What becomes of a datagram on its way.
    interface Link {
        Link CLEAN = List::of;

        List<byte[]> pass(byte[] datagram);
    }

    final SerialLoop loop = new SerialLoop("dtls-test").start();
    final PacketPool pool = new PacketPool();
    final BouncyDtls dtls;
    final DtlsEndpoint endpoint;
    final CompletableFuture<SrtpKeys> connected = new CompletableFuture<>();
    final CompletableFuture<String> closed = new CompletableFuture<>();
    final DatagramQueue toClient = new DatagramQueue(this::fromClient);
    private final Link up;
    private final Link down;

    DtlsPair(Link up, Link down) {
        this(up, down, task -> Thread.ofVirtual().start(task));
    }

    DtlsPair(Link up, Link down, Executor blocking) {
        this.up = up;
        this.down = down;
        dtls = new BouncyDtls(loop, SERVER, blocking);
        endpoint = dtls.create(this);
    }

    void expect(Fingerprint fingerprint) {
        onLoop(() -> endpoint.expect(fingerprint));
    }

    void receive(byte[] datagram) {
        loop.post(() -> {
            PacketBuffer buffer = pool.take();
            System.arraycopy(datagram, 0, buffer.array(), buffer.offset(), datagram.length);
            buffer.length(datagram.length);
            endpoint.receive(buffer);
            buffer.release();
        });
    }

    /// Runs `task` on the loop and waits for it and everything posted before it.
    void onLoop(Runnable task) {
        await(CompletableFuture.runAsync(task, loop::post));
    }

    CompletableFuture<DTLSTransport> connect(BouncyClient client) {
        return connect(client, DatagramQueue.SEND_LIMIT_BYTES);
    }

    CompletableFuture<DTLSTransport> connect(BouncyClient client, int sendLimitBytes) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return new DTLSClientProtocol().connect(client, new Narrow(toClient, sendLimitBytes));
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }

    static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void onDtlsOutput(byte[] datagram) {
        down.pass(datagram).forEach(toClient::offer);
    }

    @Override
    public void onDtlsConnected(SrtpKeys keys) {
        connected.complete(keys);
    }

    @Override
    public void onDtlsClosed(String reason) {
        closed.complete(reason);
    }

    @Override
    public void close() {
        onLoop(endpoint::close);
        toClient.close();
        loop.close();
    }

    private void fromClient(byte[] datagram) {
        up.pass(datagram).forEach(this::receive);
    }

    /// A path with a smaller MTU, to make the client fragment its messages.
    private record Narrow(DatagramQueue queue, int sendLimitBytes) implements DatagramTransport {
        @Override
        public int getReceiveLimit() {
            return queue.getReceiveLimit();
        }

        @Override
        public int getSendLimit() {
            return sendLimitBytes;
        }

        @Override
        public int receive(byte[] buffer, int offset, int length, int waitMillis) throws IOException {
            return queue.receive(buffer, offset, length, waitMillis);
        }

        @Override
        public void send(byte[] buffer, int offset, int length) {
            queue.send(buffer, offset, length);
        }

        @Override
        public void close() {
            queue.close();
        }
    }
}
