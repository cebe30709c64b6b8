package io.tributary.transport.peer;

import io.tributary.transport.cc.TwccReceiver;
import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.dtls.HandshakeBudget;
import io.tributary.transport.ice.IceAgent;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceEvents;
import io.tributary.transport.io.Allowance;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.loop.DeadlineTable;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpError;
import io.tributary.transport.srtp.SrtpKeys;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// One WebRTC connection, we as ICE-lite agent and DTLS server. Media loop only; made by [PeerTable#open].
///
/// ```
///             STUN ──► IceAgent ──────────────► path ─┐
/// datagram ─► DTLS ──► DtlsEndpoint ──────────► keys ─┴► connected
///             SRTP ──► SrtpContext ──► IncomingRtp ──► IncomingMediaSink
///             SRTCP ─► SrtpContext ──► RtcpReceiver ─► OutgoingFeedback, statistics
///
/// OutgoingStream ──► OutgoingPacket ──► SecureOutput ──► DatagramSink
/// ```
///
/// DTLS and SRTP are read only from addresses that passed an authenticated connectivity check. An exception that gets
/// as far as here closes this connection and is told to [PeerEvents#onFailed].
public final class PeerTransport implements Timed {
    /// Receiver reports go out about every second (RFC 3550 §6.2 scaled to sessions of two with plenty of bandwidth),
    /// the first somewhere within it, so that peers who joined together do not report together.
    static final long REPORT_INTERVAL_MICROS = 1_000_000;

    private final PeerEnvironment environment;
    private final PeerId id;
    private final PeerEvents events;
    private final PeerTable table;
    private final DropCounter<PeerDrop> drops;
    private final DeadlineTable<PeerTimer> deadlines = new DeadlineTable<>(PeerTimer.class);

    private final IceAgent ice;
    private final DtlsEndpoint dtls;
    private final SecureOutput output;
    private final RtcpSender rtcpSender;
    private final RtcpReceiver rtcpReceiver;
    private final TwccReceiver twcc = new TwccReceiver();
    private final RoundTrip roundTrip = new RoundTrip();
    private final LossInterval uplink = new LossInterval();
    private final LossInterval downlink = new LossInterval();
    private final IncomingRtp incoming;
    private final OutgoingRtp outgoing;
    private final Allowance forgeries;
    private final Allowance records;
    private final HandshakeBudget.Handshake handshake = this::onHandshakeAgedOut;

    private @Nullable SrtpContext inbound;
    private @Nullable SrtpContext outbound;
    private @Nullable Tuple path;
    private boolean handshaking; // and has a place for it
    private boolean handshakeOver;
    private boolean connected;
    private boolean disconnected; // and the owner knows
    private boolean closed;
    private long watchedMicros = NEVER;

    PeerTransport(PeerEnvironment environment, PeerTable table, PeerId id, IceCredentials local, PeerEvents events) {
        this.environment = environment;
        this.table = table;
        this.id = id;
        this.events = events;
        drops = environment.drops();
        output = new SecureOutput(environment.pool(), environment.sink(), drops);
        rtcpSender = new RtcpSender(output, environment.random());
        RepairCounters repairs = table.repairs();
        incoming = new IncomingRtp(
                drops,
                rtcpSender,
                twcc,
                roundTrip,
                repairs,
                environment.random().nextInt());
        outgoing = new OutgoingRtp(
                output,
                rtcpSender,
                roundTrip,
                drops,
                repairs,
                table.pacing(),
                this::fail,
                this::watch,
                environment.random());
        rtcpReceiver = new RtcpReceiver(
                incoming, outgoing, downlink, drops, environment.budgets().feedback(), repairs);
        forgeries = environment.budgets().forgeries();
        records = environment.budgets().records();
        ice = new IceAgent(local, environment.pool(), new IceListener(), environment.iceDrops(), table.checks);
        dtls = environment.dtls().create(new DtlsListener());
    }

    public PeerId id() {
        return id;
    }

    /// What the peer's SDP said; again whenever it says something else.
    public void setRemote(IceCredentials credentials, Fingerprint fingerprint) {
        assert environment.loop().inLoop();
        if (!closed) {
            ice.remote(credentials);
            dtls.expect(fingerprint);
        }
    }

    /// New local credentials; the old ones stay valid until the peer uses the new ones (RFC 8445 §9).
    public void restartIce(IceCredentials newLocal) {
        assert environment.loop().inLoop();
        if (!closed) {
            ice.restart(newLocal);
            table.setUfrags(this, ice.localUfrags());
        }
    }

    /// Starts receiving on an m-line, or takes over what changed about it.
    public void receive(IncomingMedia media, IncomingMediaSink sink) {
        assert environment.loop().inLoop();
        incoming.receive(media, sink);
    }

    /// Ends an m-line: its packets are dropped from now on.
    public void stopReceiving(String mid) {
        assert environment.loop().inLoop();
        incoming.stop(mid);
    }

    /// Opens a stream to the peer. Its SSRCs must not have been used in this connection before.
    public OutgoingStream send(OutgoingMedia media, OutgoingFeedback feedback) {
        assert environment.loop().inLoop();
        return outgoing.add(media, feedback);
    }

    /// Ends the connection. Idempotent; no event follows.
    public void close() {
        assert environment.loop().inLoop();
        if (closed) {
            return;
        }
        dtls.close();
        endHandshake();
        closed = true;
        connected = false;
        table.remove(this);
        environment.loop().unwatch(this);
        deadlines.clear();
        closeKeys();
        outgoing.close();
        output.path(null); // ours stays: a close_notify comes when the DTLS thread has heard of this
    }

    public boolean connected() {
        return connected;
    }

    /// Smoothed, 0 while unknown.
    public long roundTripMicros() {
        return roundTrip.smoothedMicros();
    }

    /// How the connection did since this was last called.
    public PeerQuality takeQuality() {
        incoming.takeInterval(uplink);
        return new PeerQuality(uplink.takePercent(), downlink.takePercent(), roundTrip.smoothedMicros());
    }

    /// Totals of a stream that the peer sends, null when there is none with this SSRC.
    public @Nullable StreamStats stats(IncomingStream stream) {
        return incoming.stats(stream.ssrc());
    }

    /// One datagram from a socket of this loop. The buffer is lent, and its bytes are decrypted in place.
    void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        if (closed) {
            return;
        }
        try {
            route(nowMicros, socket, remote, datagram);
        } catch (RuntimeException | AssertionError e) {
            fail(nowMicros, e);
        }
        watch();
    }

    @Override
    public long nextDeadlineMicros() {
        watchedMicros = deadlines.nextMicros();
        return watchedMicros;
    }

    @Override
    public void onDeadline(long nowMicros) {
        if (closed) {
            return;
        }
        try {
            if (deadlines.take(PeerTimer.ICE, nowMicros)) {
                ice.onDeadline(nowMicros);
            }
            if (deadlines.take(PeerTimer.PACING, nowMicros)) {
                outgoing.sendPaced(nowMicros);
            }
            if (deadlines.take(PeerTimer.NACK, nowMicros)) {
                incoming.sendNacks(nowMicros);
            }
            if (deadlines.take(PeerTimer.TRANSPORT_FEEDBACK, nowMicros)) {
                rtcpSender.transportFeedback(twcc);
            }
            if (deadlines.take(PeerTimer.RECEIVER_REPORT, nowMicros)) {
                if (output.ready()) {
                    incoming.sendReceiverReports(nowMicros);
                }
                deadlines.set(PeerTimer.RECEIVER_REPORT, nowMicros + REPORT_INTERVAL_MICROS);
            }
        } catch (RuntimeException | AssertionError e) {
            fail(nowMicros, e);
        }
        collectDeadlines();
    }

    /// RFC 7983 §7 by the first byte, then RFC 5761 §4 by the second.
    private void route(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        if (datagram.length() < 2) {
            drops.count(PeerDrop.UNKNOWN_PROTOCOL);
            return;
        }
        int first = datagram.array()[datagram.offset()] & 0xFF;
        int second = datagram.array()[datagram.offset() + 1] & 0x7F;
        if (first <= 3) {
            ice.receive(nowMicros, socket, remote, datagram);
        } else if (!ice.isValidated(socket, remote)) {
            drops.count(PeerDrop.UNCHECKED_ADDRESS);
        } else if (first >= 20 && first <= 63) {
            onDtls(nowMicros, remote, datagram);
        } else if (first < 128 || first > 191) {
            drops.count(PeerDrop.UNKNOWN_PROTOCOL);
        } else if (second >= 64 && second <= 95) {
            onSrtcp(nowMicros, datagram);
        } else {
            onSrtp(nowMicros, datagram);
        }
    }

    private void onDtls(long nowMicros, InetSocketAddress remote, PacketBuffer datagram) {
        if (handshakeOver) {
            if (!records.take(nowMicros)) {
                drops.count(PeerDrop.RECORD_BUDGET);
                return;
            }
        } else if (!handshaking) {
            handshaking = table.handshakes.begin(nowMicros, remote.getAddress(), handshake);
            if (!handshaking) {
                drops.count(PeerDrop.HANDSHAKE_BUDGET);
                return;
            }
        }
        dtls.receive(datagram);
    }

    private void onSrtp(long nowMicros, PacketBuffer datagram) {
        SrtpContext keys = inbound;
        if (keys == null) {
            drops.count(PeerDrop.NO_KEYS);
            return;
        }
        if (!mayBeGenuine(nowMicros, keys, datagram, false)) {
            return;
        }
        int length = keys.unprotectRtp(datagram.array(), datagram.offset(), datagram.length());
        if (length < 0) {
            refused(nowMicros, length, PeerDrop.SRTP_REFUSED);
            return;
        }
        datagram.length(length);
        incoming.onRtp(nowMicros, datagram);
    }

    private void onSrtcp(long nowMicros, PacketBuffer datagram) {
        SrtpContext keys = inbound;
        if (keys == null) {
            drops.count(PeerDrop.NO_KEYS);
            return;
        }
        if (!mayBeGenuine(nowMicros, keys, datagram, true)) {
            return;
        }
        int length = keys.unprotectRtcp(datagram.array(), datagram.offset(), datagram.length());
        if (length < 0) {
            refused(nowMicros, length, PeerDrop.SRTCP_REFUSED);
            return;
        }
        rtcpReceiver.receive(nowMicros, datagram.array(), datagram.offset(), length);
    }

    /// Tells the loop when the soonest deadline has moved forward. One that moved back costs one early wake-up.
    private boolean mayBeGenuine(long nowMicros, SrtpContext keys, PacketBuffer datagram, boolean rtcp) {
        boolean admitted = table.sieve.admits(
                nowMicros, forgeries, keys, datagram.array(), datagram.offset(), datagram.length(), rtcp);
        if (!admitted) {
            drops.count(PeerDrop.FORGERY_BUDGET);
        }
        return admitted;
    }

    private void refused(long nowMicros, int error, PeerDrop reason) {
        drops.count(reason);
        if (error == SrtpError.AUTH_FAILED) {
            forgeries.take(nowMicros);
        }
    }

    private void endHandshake() {
        handshakeOver = true;
        if (handshaking) {
            handshaking = false;
            table.handshakes.end(handshake);
        }
    }

    private void onHandshakeAgedOut(long nowMicros) {
        handshaking = false;
        handshakeOver = true;
        drops.count(PeerDrop.HANDSHAKE_AGED_OUT);
        dtls.close();
        disconnect(nowMicros, "the handshake took too long while others waited");
    }

    private void watch() {
        collectDeadlines();
        if (!closed && deadlines.nextMicros() < watchedMicros) {
            environment.loop().watch(this);
        }
    }

    private void collectDeadlines() {
        if (closed) {
            return;
        }
        deadlines.set(PeerTimer.ICE, ice.nextDeadlineMicros());
        deadlines.set(PeerTimer.PACING, outgoing.pacingDeadlineMicros());
        deadlines.set(PeerTimer.NACK, incoming.nackDeadlineMicros());
        deadlines.set(PeerTimer.TRANSPORT_FEEDBACK, twcc.nextDeadlineMicros());
    }

    private void path(@Nullable Tuple newPath) {
        path = newPath;
        output.path(newPath);
    }

    private void secure(long nowMicros, SrtpKeys keys) {
        closeKeys();
        inbound = SrtpContext.inbound(keys, environment.ciphers());
        outbound = SrtpContext.outbound(keys, environment.ciphers());
        output.keys(outbound);
        long firstReport = environment.random().nextLong(REPORT_INTERVAL_MICROS);
        deadlines.set(PeerTimer.RECEIVER_REPORT, nowMicros + firstReport);
        connectIfReady(nowMicros);
    }

    private void connectIfReady(long nowMicros) {
        if (!connected && !closed && output.ready()) {
            connected = true;
            disconnected = false;
            events.onConnected(nowMicros);
        }
    }

    private void disconnect(long nowMicros, String reason) {
        connected = false;
        if (!disconnected) {
            disconnected = true;
            events.onDisconnected(nowMicros, reason);
        }
    }

    private void sendPlain(Tuple to, byte[] datagram) {
        PacketBuffer buffer = environment.pool().take();
        System.arraycopy(datagram, 0, buffer.array(), buffer.offset(), datagram.length);
        buffer.length(datagram.length);
        environment.sink().send(to, buffer);
    }

    private void closeKeys() {
        output.keys(null);
        SrtpContext in = inbound;
        SrtpContext out = outbound;
        inbound = null;
        outbound = null;
        if (in != null) {
            in.close();
        }
        if (out != null) {
            out.close();
        }
    }

    private void fail(long nowMicros, Throwable failure) {
        drops.count(PeerDrop.PEER_FAILED);
        if (!closed) {
            close();
            events.onFailed(nowMicros, failure);
        }
    }

    private final class IceListener implements IceEvents {
        @Override
        public void onIceResponse(Tuple tuple, PacketBuffer response) {
            environment.sink().send(tuple, response);
        }

        @Override
        public void onIceValidated(Tuple tuple) {
            table.bind(PeerTransport.this, tuple);
        }

        @Override
        public void onIceForgotten(Tuple tuple) {
            table.unbind(PeerTransport.this, tuple);
        }

        @Override
        public void onIceSelected(long nowMicros, Tuple tuple) {
            path(tuple);
            connectIfReady(nowMicros);
        }

        @Override
        public void onIceConsentLost(long nowMicros) {
            path(null); // RFC 7675 §5.1: without consent nothing may be sent
            disconnect(nowMicros, "nothing was heard of the peer for too long");
        }
    }

    private final class DtlsListener implements DtlsEndpoint.Listener {
        @Override
        public void onDtlsOutput(byte[] datagram) {
            Tuple to = path;
            if (to == null) {
                drops.count(PeerDrop.NOT_CONNECTED);
            } else {
                sendPlain(to, datagram);
            }
        }

        @Override
        public void onDtlsConnected(SrtpKeys keys) {
            endHandshake();
            if (closed) {
                return;
            }
            long nowMicros = environment.loop().nowMicros();
            try {
                secure(nowMicros, keys);
            } catch (RuntimeException | AssertionError e) {
                fail(nowMicros, e);
            }
            watch();
        }

        @Override
        public void onDtlsClosed(String reason) {
            endHandshake();
            if (closed) {
                return;
            }
            long nowMicros = environment.loop().nowMicros();
            try {
                closeKeys();
                disconnect(nowMicros, reason);
            } catch (RuntimeException | AssertionError e) {
                fail(nowMicros, e);
            }
        }
    }
}
