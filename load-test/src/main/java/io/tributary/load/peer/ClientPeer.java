package io.tributary.load.peer;

import io.tributary.load.net.ClientSocket;
import io.tributary.transport.cc.TwccReceiver;
import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.DeadlineTable;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtcp.RtcpReader;
import io.tributary.transport.rtcp.RtcpWriter;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpKeys;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One WebRTC connection as a client has it. Loop only.
///
/// ```
/// remote description ─► ConnectivityChecks ─► path ─► DTLS (client or server) ─► keys ─► connected
/// ```
public final class ClientPeer implements Timed {
    private static final long REPORT_INTERVAL_MICROS = 1_000_000;

    /// The SSRC that stands for a client that sends no media, in reports and feedback.
    private static final int REPORTER_SSRC = 1;

    private enum Timer {
        CHECK,
        REPORT,
        TRANSPORT_FEEDBACK
    }

    private final PeerFactory factory;
    private final PeerListener listener;
    private final ClientSocket socket;
    private final IceCredentials local;
    private final ConnectivityChecks checks;
    private final DeadlineTable<Timer> deadlines = new DeadlineTable<>(Timer.class);
    private final TwccReceiver arrivals = new TwccReceiver();
    private final RtpPacket packet = new RtpPacket();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final byte[] out = new byte[PacketBuffer.CAPACITY];
    private ExtensionMap extensions = ExtensionMap.EMPTY;
    private @Nullable DtlsEndpoint dtls;
    private @Nullable Fingerprint promised;
    private @Nullable SrtpContext inbound;
    private @Nullable SrtpContext outbound;
    private boolean dtlsServer;
    private boolean closed;

    ClientPeer(PeerFactory factory, Inet4Address address, boolean controlling, PeerListener listener)
            throws IOException {
        this.factory = factory;
        this.listener = listener;
        local = IceCredentials.random(factory.random);
        socket = factory.loop.open(address, this::onDatagram);
        checks = new ConnectivityChecks(socket, local, controlling, factory.random);
    }

    public IceCredentials credentials() {
        return local;
    }

    /// Where this connection's one candidate is.
    public InetSocketAddress address() {
        return socket.local();
    }

    /// What the server's description says; repeated descriptions change nothing here.
    ///
    /// @param asServer whether we wait for the server's ClientHello (it said `setup:active`)
    public void connect(IceCredentials remote, Fingerprint fingerprint, boolean asServer) {
        if (promised != null || closed) {
            return;
        }
        promised = fingerprint;
        dtlsServer = asServer;
        // Ahead of the path: a server that is DTLS client says hello as soon as its own check succeeded.
        dtls = asServer ? factory.asServer.create(new Secured()) : factory.asClient.create(new Secured());
        checks.remote(remote);
        deadlines.set(Timer.CHECK, factory.loop.nowMicros());
        factory.loop.watch(this);
    }

    /// An address of the server's, packed as [ClientSocket#endpoint] does.
    public void candidate(long endpoint) {
        checks.candidate(endpoint);
    }

    /// Which id stands for which header extension in what the server sends.
    public void extensions(ExtensionMap map) {
        extensions = map;
    }

    public boolean connected() {
        return outbound != null;
    }

    /// Protects an RTP packet in place and sends it; the array needs [SrtpContext#MAX_GROWTH_BYTES] behind it.
    ///
    /// @return the protected length, or negative when it was not sent
    public int sendRtp(byte[] bytes, int offset, int length) {
        SrtpContext keys = outbound;
        if (keys == null) {
            return -1;
        }
        int protectedLength = keys.protectRtp(bytes, offset, length);
        if (protectedLength > 0) {
            socket.send(checks.path(), bytes, offset, protectedLength);
        }
        return protectedLength;
    }

    /// Sends again what was protected before.
    public void resend(byte[] bytes, int offset, int length) {
        socket.send(checks.path(), bytes, offset, length);
    }

    /// Protects a compound packet in place and sends it, as [#sendRtp].
    public void sendRtcp(byte[] bytes, int offset, int length) {
        SrtpContext keys = outbound;
        if (keys != null && length > 0) {
            int protectedLength = keys.protectRtcp(bytes, offset, length);
            if (protectedLength > 0) {
                socket.send(checks.path(), bytes, offset, protectedLength);
            }
        }
    }

    /// Datagrams lost because the generator was late.
    public long overruns() {
        return socket.overruns();
    }

    /// Ends the connection; no event follows.
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        factory.loop.unwatch(this);
        DtlsEndpoint endpoint = dtls;
        if (endpoint != null) {
            endpoint.close();
        }
        closeKeys();
    }

    @Override
    public long nextDeadlineMicros() {
        return deadlines.nextMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        if (deadlines.take(Timer.CHECK, nowMicros)) {
            checks.onDeadline(nowMicros);
            deadlines.set(Timer.CHECK, checks.nextMicros());
        }
        if (deadlines.take(Timer.REPORT, nowMicros)) {
            listener.onReportDue(nowMicros);
            deadlines.set(Timer.REPORT, nowMicros + REPORT_INTERVAL_MICROS);
        }
        if (deadlines.take(Timer.TRANSPORT_FEEDBACK, nowMicros)) {
            sendTransportFeedback();
            deadlines.set(Timer.TRANSPORT_FEEDBACK, arrivals.nextDeadlineMicros());
        }
    }

    private void sendTransportFeedback() {
        boolean more = true;
        while (more) {
            rtcp.begin(out, 0, 1200);
            more = arrivals.write(rtcp, REPORTER_SSRC);
            sendRtcp(out, 0, rtcp.length());
        }
    }

    private void onDatagram(long arrivedNanos, long remote, PacketBuffer datagram) {
        if (closed || datagram.length() < 2) {
            return;
        }
        int first = datagram.array()[datagram.offset()] & 0xFF;
        int second = datagram.array()[datagram.offset() + 1] & 0x7F;
        if (first <= 3) {
            byte[] message = Arrays.copyOfRange(datagram.array(), datagram.offset(), datagram.end());
            if (checks.onStun(message, remote)) {
                onPath();
            }
        } else if (first >= 20 && first <= 63) {
            DtlsEndpoint endpoint = dtls;
            if (endpoint != null) {
                endpoint.receive(datagram);
            }
        } else if (first >= 128 && first <= 191) {
            SrtpContext keys = inbound;
            if (keys != null) {
                if (second >= 64 && second <= 95) {
                    onSrtcp(keys, datagram);
                } else {
                    onSrtp(keys, arrivedNanos, datagram);
                }
            }
        }
    }

    private void onPath() {
        deadlines.set(Timer.CHECK, checks.nextMicros());
        DtlsEndpoint endpoint = dtls;
        Fingerprint fingerprint = promised;
        if (endpoint != null && fingerprint != null) {
            endpoint.expect(fingerprint);
        }
        factory.loop.watch(this);
    }

    private void onSrtp(SrtpContext keys, long arrivedNanos, PacketBuffer datagram) {
        long now = factory.loop.nowMicros();
        if (packet.wrap(datagram, extensions) && !listener.verifies(packet)) {
            noteArrival(now);
            listener.onUnopened(now, packet);
            return;
        }
        int length = keys.unprotectRtp(datagram.array(), datagram.offset(), datagram.length());
        if (length < 0) {
            listener.onRefused();
            return;
        }
        datagram.length(length);
        if (packet.wrap(datagram, extensions)) {
            noteArrival(now);
            listener.onRtp(now, arrivedNanos, packet);
        } else {
            listener.onRefused();
        }
    }

    private void noteArrival(long nowMicros) {
        int found = packet.find(HeaderExtension.TRANSPORT_CC);
        if (found < 0) {
            return;
        }
        int at = found >>> 8;
        byte[] a = packet.array();
        arrivals.onPacket(nowMicros, (a[at] & 0xFF) << 8 | a[at + 1] & 0xFF, packet.ssrc());
        if (deadlines.get(Timer.TRANSPORT_FEEDBACK) == NEVER) {
            deadlines.set(Timer.TRANSPORT_FEEDBACK, arrivals.nextDeadlineMicros());
            factory.loop.watch(this);
        }
    }

    private void onSrtcp(SrtpContext keys, PacketBuffer datagram) {
        int length = keys.unprotectRtcp(datagram.array(), datagram.offset(), datagram.length());
        if (length < 0 || !RtcpReader.read(datagram.array(), datagram.offset(), length, listener)) {
            listener.onRefused();
        }
    }

    private void closeKeys() {
        SrtpContext in = inbound;
        SrtpContext away = outbound;
        inbound = null;
        outbound = null;
        if (in != null && away != null) {
            in.close();
            away.close();
        }
    }

    private final class Secured implements DtlsEndpoint.Listener {
        @Override
        public void onDtlsOutput(byte[] datagram) {
            if (checks.path() != 0) {
                socket.send(checks.path(), datagram, 0, datagram.length);
            }
        }

        @Override
        public void onDtlsConnected(SrtpKeys keys) {
            SrtpKeys ours = dtlsServer ? keys : keys.swapped();
            inbound = SrtpContext.inbound(ours, factory.ciphers);
            outbound = SrtpContext.outbound(ours, factory.ciphers);
            long now = factory.loop.nowMicros();
            // Spread over the second, so that those who joined together do not report together.
            deadlines.set(Timer.REPORT, now + factory.random.nextLong(REPORT_INTERVAL_MICROS));
            factory.loop.watch(ClientPeer.this);
            listener.onConnected(now);
        }

        @Override
        public void onDtlsClosed(String reason) {
            if (!closed) {
                close();
                listener.onFailed("DTLS " + reason);
            }
        }
    }
}
