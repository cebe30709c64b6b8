package io.tributary.transport.dtls;

import io.tributary.transport.loop.Loop;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSServerProtocol;

/// DTLS by Bouncy Castle, whose API blocks: each connection has one task on `blocking` (a virtual thread) that runs the
/// handshake and afterwards waits for retransmissions and alerts; it talks to its loop by [Loop#post] only.
///
/// One of these serves all connections of one loop.
public final class BouncyDtls implements DtlsEndpoint.Factory {
    /// The first handshake of a JVM takes 0.3 s, enough for Chromium to retransmit; the third is near the usual 4 ms.
    private static final int WARM_UP_HANDSHAKES = 3;

    private final Loop loop;
    private final DtlsIdentity identity;
    private final Executor blocking;
    private final DtlsCounters counters = new DtlsCounters();

    /// @param blocking runs each task on a thread of its own: a task may wait as long as its connection lives
    public BouncyDtls(Loop loop, DtlsIdentity identity, Executor blocking) {
        this.loop = loop;
        this.identity = identity;
        this.blocking = blocking;
    }

    @Override
    public DtlsEndpoint create(DtlsEndpoint.Listener listener) {
        return new BouncyEndpoint(loop, identity, blocking, listener, counters);
    }

    @Override
    public Fingerprint localFingerprint() {
        return identity.fingerprint();
    }

    /// What the endpoints of this loop did and dropped.
    public DtlsCounters counters() {
        return counters;
    }

    /// Handshakes with itself in memory, so that the first caller does not wait for classes to load. Blocks for some
    /// hundred milliseconds: call it at start.
    public static void warmUp(DtlsIdentity identity, Executor blocking) {
        for (int i = 0; i < WARM_UP_HANDSHAKES; i++) {
            Pipe pipe = new Pipe();
            BouncyServer server = new BouncyServer(identity, identity.fingerprint());
            BouncyClient client = new BouncyClient(identity, List.of(SrtpProfile.values()));
            CompletableFuture<Void> connected = CompletableFuture.runAsync(() -> connect(client, pipe), blocking);
            try {
                new DTLSServerProtocol().accept(server, pipe.server);
            } catch (IOException e) {
                throw new IllegalStateException("DTLS does not work with itself", e);
            }
            connected.join();
            SrtpKeys theirs = client.keys();
            if (theirs == null
                    || !Arrays.equals(theirs.serverKey(), server.keys().serverKey())) {
                throw new IllegalStateException("DTLS exports different keys to both sides");
            }
        }
    }

    private static void connect(BouncyClient client, Pipe pipe) {
        try {
            new DTLSClientProtocol().connect(client, pipe.client);
        } catch (IOException e) {
            pipe.server.close();
            throw new IllegalStateException("DTLS does not work with itself", e);
        }
    }

    /// Two queues, each the other's way out.
    private static final class Pipe {
        final DatagramQueue server = new DatagramQueue(this::toClient);
        final DatagramQueue client = new DatagramQueue(server::offer);

        private void toClient(byte[] datagram) {
            client.offer(datagram);
        }
    }
}
