package io.tributary.transport.dtls;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DTLSClientProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerCertificate;
import org.jspecify.annotations.Nullable;

/// The client's half of DTLS connections, for programs that play a participant: a server of ours is always the other
/// half, [BouncyDtls]. An endpoint starts its handshake with [DtlsEndpoint#expect]: call that when ICE has a path.
public final class ClientDtls implements DtlsEndpoint.Factory {
    private final Loop loop;
    private final DtlsIdentity identity;
    private final Executor blocking;

    /// @param blocking runs each task on a thread of its own: a task may wait as long as its connection lives
    public ClientDtls(Loop loop, DtlsIdentity identity, Executor blocking) {
        this.loop = loop;
        this.identity = identity;
        this.blocking = blocking;
    }

    @Override
    public DtlsEndpoint create(DtlsEndpoint.Listener listener) {
        return new Endpoint(listener);
    }

    @Override
    public Fingerprint localFingerprint() {
        return identity.fingerprint();
    }

    /// Fields belong to the loop; [#run] and below is the connection's own thread.
    private final class Endpoint implements DtlsEndpoint {
        private final Listener listener;
        private final DatagramQueue queue = new DatagramQueue(this::output);
        private boolean started;
        private boolean closed;

        Endpoint(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void receive(PacketBuffer datagram) {
            assert loop.inLoop();
            if (!closed) {
                queue.offer(Arrays.copyOfRange(datagram.array(), datagram.offset(), datagram.end()));
            }
        }

        @Override
        public void expect(Fingerprint remote) {
            assert loop.inLoop();
            if (!started && !closed) {
                started = true;
                blocking.execute(() -> run(remote));
            }
        }

        @Override
        public void close() {
            assert loop.inLoop();
            closed = true;
            queue.close();
        }

        private void run(Fingerprint promised) {
            String reason;
            try {
                var client = new PinningClient(identity, promised);
                DTLSTransport session = new DTLSClientProtocol().connect(client, queue);
                SrtpKeys keys = client.keys();
                if (keys == null) {
                    session.close();
                    throw new IOException("no SRTP keys: the server chose no profile");
                }
                loop.post(() -> connected(keys));
                reason = readUntilClosed(session);
            } catch (IOException | RuntimeException | AssertionError e) {
                // Bouncy Castle throws the first two kinds at hostile bytes; whatever it is ends this connection only.
                reason = e.toString();
            }
            String found = reason;
            loop.post(() -> ended(found));
        }

        /// Answers retransmissions of the server's last flight and waits for the end. What data channels say is not
        /// heard.
        private String readUntilClosed(DTLSTransport session) throws IOException {
            byte[] data = new byte[session.getReceiveLimit()];
            try {
                while (session.receive(data, 0, data.length, 0) >= 0) {
                    // nobody listens
                }
                return "closed";
            } catch (InterruptedIOException e) {
                session.close();
                return "closed by us";
            }
        }

        private void output(byte[] datagram) {
            loop.post(() -> listener.onDtlsOutput(datagram));
        }

        private void connected(SrtpKeys keys) {
            if (!closed) {
                listener.onDtlsConnected(keys);
            }
        }

        private void ended(String reason) {
            if (!closed) {
                close();
                listener.onDtlsClosed(reason);
            }
        }
    }

    /// Trusts the one certificate that signalling promised (RFC 8827 §6.5).
    private static final class PinningClient extends BouncyClient {
        private final Fingerprint promised;

        PinningClient(DtlsIdentity identity, Fingerprint promised) {
            super(identity, List.of(SrtpProfile.values()));
            this.promised = promised;
        }

        @Override
        public void notifyServerCertificate(@Nullable TlsServerCertificate certificate) {
            // checked below, where a refusal may be thrown
            presented = certificate;
        }

        private @Nullable TlsServerCertificate presented;

        @Override
        public void notifyHandshakeComplete() throws IOException {
            TlsServerCertificate certificate = presented;
            if (certificate == null || certificate.getCertificate().isEmpty()) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, "no server certificate");
            }
            byte[] der = certificate.getCertificate().getCertificateAt(0).getEncoded();
            if (!Fingerprint.of(promised.algorithm(), der).equals(Optional.of(promised))) {
                throw new TlsFatalAlert(AlertDescription.bad_certificate, "fingerprint mismatch");
            }
            super.notifyHandshakeComplete();
        }
    }
}
