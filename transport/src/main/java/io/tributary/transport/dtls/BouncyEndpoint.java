package io.tributary.transport.dtls;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.srtp.SrtpKeys;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsTimeoutException;
import org.jspecify.annotations.Nullable;

/// One connection's DTLS.
///
/// ```
///              first datagram, expect(), in any order
///   WAITING ────────────────────────────────────────► HANDSHAKING ───► CONNECTED
///      │                                                   │ failed        │ close_notify, alert
///      └───────────────── close() ───────────┬─────────────┴───────────────┘
///                                            ▼
///                                         CLOSED
/// ```
/// Fields belong to the loop, except that [#run] and below it is the connection's own thread, which reaches the loop
/// by post. After [#close] the listener hears at most the datagram that carries close_notify.
final class BouncyEndpoint implements DtlsEndpoint {
    /// Chromium retransmits its 1.5 kB hello after 50, 100, 200 … ms: ten times in 30 s, and a second flight as often.
    static final int MAX_HANDSHAKE_BYTES = 64 * 1024;

    private enum State {
        WAITING,
        HANDSHAKING,
        CONNECTED,
        CLOSED
    }

    private final Loop loop;
    private final DtlsIdentity identity;
    private final Executor blocking;
    private final Listener listener;
    private final DtlsCounters counters;
    private final RecordFilter filter = new RecordFilter();
    private final DatagramQueue queue = new DatagramQueue(this::output);
    private State state = State.WAITING;
    private @Nullable Fingerprint expected;
    private int handshakeBytes;
    private boolean established;

    BouncyEndpoint(Loop loop, DtlsIdentity identity, Executor blocking, Listener listener, DtlsCounters counters) {
        this.loop = loop;
        this.identity = identity;
        this.blocking = blocking;
        this.listener = listener;
        this.counters = counters;
    }

    @Override
    public void receive(PacketBuffer datagram) {
        assert loop.inLoop();
        if (state == State.CLOSED) {
            counters.drops.count(DtlsDrop.CLOSED);
            return;
        }
        if (state != State.CONNECTED) {
            if (handshakeBytes + datagram.length() > MAX_HANDSHAKE_BYTES) {
                counters.drops.count(DtlsDrop.HANDSHAKE_BYTES);
                return;
            }
            handshakeBytes += datagram.length();
        }
        byte[] bytes = Arrays.copyOfRange(datagram.array(), datagram.offset(), datagram.end());
        int admitted = filter.admit(bytes);
        if (admitted == 0) {
            counters.drops.count(DtlsDrop.HARMFUL_RECORD);
            return;
        }
        if (!queue.offer(admitted == bytes.length ? bytes : Arrays.copyOf(bytes, admitted))) {
            counters.drops.count(DtlsDrop.QUEUE_FULL);
        }
        startWhenReady();
    }

    @Override
    public void expect(Fingerprint remote) {
        assert loop.inLoop();
        if (state == State.WAITING) {
            expected = remote;
            startWhenReady();
        } else if (state != State.CLOSED && !remote.equals(expected)) {
            // A new certificate is a new association (RFC 8842 §5.1); keeping the old one would trust a stranger.
            fail("the promised fingerprint changed");
        }
    }

    @Override
    public void close() {
        assert loop.inLoop();
        state = State.CLOSED;
        queue.close();
    }

    private void startWhenReady() {
        Fingerprint promised = expected;
        if (state == State.WAITING && promised != null && !queue.isEmpty()) {
            state = State.HANDSHAKING;
            blocking.execute(() -> run(promised));
        }
    }

    private void run(Fingerprint promised) {
        BouncyServer server = new BouncyServer(identity, promised);
        String reason;
        try {
            DTLSTransport session = new DTLSServerProtocol().accept(server, queue);
            SrtpKeys keys = server.keys();
            loop.post(() -> connected(keys));
            reason = readUntilClosed(session);
        } catch (IOException | RuntimeException | AssertionError e) {
            // Bouncy Castle throws the first two kinds at hostile bytes; whatever it is ends this connection only.
            reason = server.refusal().isEmpty() ? reasonOf(e) : server.refusal();
        }
        String found = reason;
        loop.post(() -> fail(found));
    }

    /// Answers retransmissions of the client's last flight and waits for the end.
    private String readUntilClosed(DTLSTransport session) throws IOException {
        byte[] data = new byte[session.getReceiveLimit()];
        try {
            while (session.receive(data, 0, data.length, 0) >= 0) {
                loop.post(() -> counters.drops.count(DtlsDrop.APPLICATION_DATA));
            }
            return "closed";
        } catch (InterruptedIOException e) {
            session.close();
            return "closed by the remote";
        }
    }

    private static String reasonOf(Throwable e) {
        return switch (e) {
            case TlsFatalAlertReceived alert -> "remote alert " + AlertDescription.getName(alert.getAlertDescription());
            case TlsFatalAlert alert -> "local alert " + AlertDescription.getName(alert.getAlertDescription());
            case TlsTimeoutException timeout -> "handshake timed out";
            default -> "failed: " + e.getClass().getSimpleName();
        };
    }

    private void output(byte[] datagram) {
        loop.post(() -> {
            if (state != State.CLOSED || established) {
                listener.onDtlsOutput(datagram);
            }
        });
    }

    private void connected(SrtpKeys keys) {
        if (state == State.HANDSHAKING) {
            state = State.CONNECTED;
            established = true;
            counters.handshakes.incrementAndGet();
            filter.finish();
            listener.onDtlsConnected(keys);
        }
    }

    private void fail(String reason) {
        if (state != State.CLOSED) {
            if (state == State.HANDSHAKING) {
                counters.failedHandshakes.incrementAndGet();
            }
            close();
            listener.onDtlsClosed(reason);
        }
    }
}
