package io.tributary.transport.ice;

import io.tributary.transport.io.Allowance;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.loop.Timed;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The lite side of one connection's ICE (RFC 8445 §2.5): answers checks, and by them knows where the peer is and that
/// it still consents to receive (RFC 7675). Media loop only; time comes with each call.
///
/// ```
///          first authenticated check          none for CONSENT_TIMEOUT
///   NEW ──────────────────────────► CONNECTED ────────────────────────► LOST
///                                       ▲         next check             │
///                                       └────────────────────────────────┘
/// ```
/// Nothing is learnt from, and nothing answered to, a datagram whose username and MESSAGE-INTEGRITY do not hold.
public final class IceAgent implements Timed {
    /// RFC 7675 §5.1 allows 30 s; browsers check every 2.5 s or faster, so six lost in a row are a crashed tab, and
    /// the others in the room should see it go.
    public static final long CONSENT_TIMEOUT_MICROS = 15_000_000;

    /// A laptop with Wi-Fi, Ethernet and a VPN, each with IPv4 and IPv6, has six paths to one port of ours.
    static final int MAX_TUPLES = 8;

    /// Paths that may be tried at once, and a second: eight of two ICE restarts each way, then a phone in a train.
    static final int PATH_BURST = 32;

    static final int PATHS_PER_SECOND = 4;

    /// Failed checks that may name this connection where [CheckBudget] refuses: whoever floods from the same NAT does
    /// not know our username fragment, so this stays for those who do.
    static final int RESERVE_BURST = 10;

    static final int RESERVE_PER_SECOND = 5;

    private static final class Path {
        final Tuple tuple;
        long lastCheckMicros;

        Path(Tuple tuple) {
            this.tuple = tuple;
        }
    }

    /// What both sides agreed on between two ICE restarts.
    private static final class Generation {
        final String ufrag;
        final byte[] localUfrag;
        final Mac mac;
        byte @Nullable [] remoteUfrag;

        Generation(IceCredentials local) {
            ufrag = local.ufrag();
            localUfrag = local.ufrag().getBytes(StandardCharsets.UTF_8);
            mac = hmac(local.pwd());
        }
    }

    private final PacketPool pool;
    private final IceEvents events;
    private final DropCounter<IceDrop> drops;
    private final CheckBudget strangers;
    private final Allowance checks;
    private final Allowance newPaths = new Allowance(PATH_BURST, PATHS_PER_SECOND);
    private final Allowance reserve = new Allowance(RESERVE_BURST, RESERVE_PER_SECOND);
    private final StunMessage message = new StunMessage();
    private final StunWriter writer = new StunWriter();
    private final List<Path> paths = new ArrayList<>(MAX_TUPLES);
    private Generation current;
    private @Nullable Generation previous;
    private @Nullable Path selected;
    private boolean consent;
    private long lastCheckMicros;

    /// @param drops the loop's counter, shared by its agents, as `strangers` is
    public IceAgent(
            IceCredentials local,
            PacketPool pool,
            IceEvents events,
            DropCounter<IceDrop> drops,
            CheckBudget strangers) {
        this.strangers = strangers;
        checks = strangers.ofPeer();
        this.current = new Generation(local);
        this.pool = pool;
        this.events = events;
        this.drops = drops;
    }

    /// The remote's credentials of the current generation, from its offer or answer. Until they are known, our own
    /// username fragment and password suffice; the remote's password is never needed by a lite agent.
    public void remote(IceCredentials remote) {
        current.remoteUfrag = remote.ufrag().getBytes(StandardCharsets.UTF_8);
    }

    /// An ICE restart (RFC 8445 §9): new credentials of ours, [#remote] follows. Media stays where it is, and the old
    /// credentials stay good, until the first check with the new ones.
    public void restart(IceCredentials newLocal) {
        if (previous == null) {
            previous = current;
        }
        current = new Generation(newLocal);
    }

    /// The username fragments of ours that checks may name, the present one last.
    public List<String> localUfrags() {
        Generation old = previous;
        return old == null ? List.of(current.ufrag) : List.of(old.ufrag, current.ufrag);
    }

    /// A STUN datagram from `remote` on our socket `socket`, lent.
    public void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        if (!message.wrap(datagram)) {
            drops.count(IceDrop.MALFORMED);
            return;
        }
        if (!message.isBindingRequest()) {
            drops.count(IceDrop.NOT_A_BINDING_REQUEST);
            return;
        }
        if (!message.hasCredentials()) {
            drops.count(IceDrop.UNAUTHENTICATED);
            return;
        }
        Generation generation = addressed();
        if (generation == null) {
            drops.count(IceDrop.UNKNOWN_USERNAME);
            return;
        }
        if (path(socket, remote) != null) {
            onKnownPath(nowMicros, generation, socket, remote);
        } else {
            onNewPath(nowMicros, generation, socket, remote);
        }
    }

    private void onKnownPath(long nowMicros, Generation generation, int socket, InetSocketAddress remote) {
        if (!checks.take(nowMicros)) {
            drops.count(IceDrop.CHECK_BUDGET);
        } else if (!message.isIntact(generation.mac)) {
            drops.count(IceDrop.BAD_INTEGRITY);
        } else {
            onAuthenticated(nowMicros, generation, socket, remote);
        }
    }

    private void onNewPath(long nowMicros, Generation generation, int socket, InetSocketAddress remote) {
        boolean charged = strangers.take(nowMicros, remote.getAddress());
        if (!charged && !reserve.take(nowMicros)) {
            drops.count(IceDrop.STRANGER_BUDGET);
        } else if (!message.isIntact(generation.mac)) {
            drops.count(IceDrop.BAD_INTEGRITY);
        } else if (!newPaths.take(nowMicros)) {
            drops.count(IceDrop.PATH_BUDGET); // and stays charged: a bearer of our password can be hostile as well
        } else {
            if (charged) {
                strangers.giveBack(remote.getAddress());
            } else {
                reserve.giveBack();
            }
            onAuthenticated(nowMicros, generation, socket, remote);
        }
    }

    /// Where to send, null before the first check.
    public @Nullable Tuple selected() {
        return selected == null ? null : selected.tuple;
    }

    /// Whether an authenticated check came from there, lately enough to be remembered.
    public boolean isValidated(int socket, InetSocketAddress remote) {
        return path(socket, remote) != null;
    }

    /// When the last authenticated check came; 0 before the first.
    public long lastCheckMicros() {
        return lastCheckMicros;
    }

    /// Whether the peer has been heard of within the consent time-out.
    public boolean hasConsent() {
        return consent;
    }

    @Override
    public long nextDeadlineMicros() {
        return consent ? lastCheckMicros + CONSENT_TIMEOUT_MICROS : NEVER;
    }

    @Override
    public void onDeadline(long nowMicros) {
        if (nowMicros >= nextDeadlineMicros()) {
            consent = false;
            events.onIceConsentLost(nowMicros);
        }
    }

    private @Nullable Generation addressed() {
        if (message.isFor(current.localUfrag, current.remoteUfrag)) {
            return current;
        }
        Generation old = previous;
        return old != null && message.isFor(old.localUfrag, old.remoteUfrag) ? old : null;
    }

    private void onAuthenticated(long nowMicros, Generation generation, int socket, InetSocketAddress remote) {
        Path path = path(socket, remote);
        Tuple tuple = path == null ? new Tuple(socket, remote) : path.tuple;
        if (message.unknownCount() > 0) {
            respondError(tuple, generation, Stun.UNKNOWN_ATTRIBUTE_ERROR, "Unknown Attribute");
            return;
        }
        if (message.controlled()) {
            // A lite agent cannot control, whatever the tie-breakers say: the remote has to switch (RFC 8445 §7.3.1.1).
            respondError(tuple, generation, Stun.ROLE_CONFLICT_ERROR, "Role Conflict");
            return;
        }
        if (generation == current && previous != null) {
            previous = null;
        }
        Path checked = path == null ? remember(tuple) : path;
        checked.lastCheckMicros = nowMicros;
        events.onIceValidated(tuple);
        respond(tuple, generation);
        select(nowMicros, checked);
    }

    private void select(long nowMicros, Path checked) {
        boolean lost = !consent;
        consent = true;
        lastCheckMicros = nowMicros;
        // Without a path, or with a dead one, any authenticated path will do: DTLS need not wait for a nomination.
        boolean moves = message.useCandidate() || selected == null || lost;
        if (moves && checked != selected) {
            selected = checked;
        } else if (!lost) {
            return;
        }
        Path now = selected;
        if (now != null) {
            events.onIceSelected(nowMicros, now.tuple);
        }
    }

    private Path remember(Tuple tuple) {
        if (paths.size() == MAX_TUPLES) {
            Path oldest = null;
            for (Path path : paths) {
                if (path != selected && (oldest == null || path.lastCheckMicros < oldest.lastCheckMicros)) {
                    oldest = path;
                }
            }
            if (oldest != null) {
                paths.remove(oldest);
                events.onIceForgotten(oldest.tuple);
            }
        }
        Path path = new Path(tuple);
        paths.add(path);
        return path;
    }

    private @Nullable Path path(int socket, InetSocketAddress remote) {
        for (int i = 0; i < paths.size(); i++) {
            Path path = paths.get(i);
            if (path.tuple.matches(socket, remote)) {
                return path;
            }
        }
        return null;
    }

    private void respond(Tuple tuple, Generation generation) {
        PacketBuffer response = pool.take();
        writer.begin(response, Stun.BINDING_SUCCESS);
        writer.transactionOf(message);
        writer.xorMappedAddress(tuple.remote());
        finish(tuple, generation, response);
    }

    private void respondError(Tuple tuple, Generation generation, int code, String reason) {
        PacketBuffer response = pool.take();
        writer.begin(response, Stun.BINDING_ERROR);
        writer.transactionOf(message);
        writer.errorCode(code, reason);
        if (message.unknownCount() > 0) {
            writer.unknownAttributes(message);
        }
        finish(tuple, generation, response);
    }

    private void finish(Tuple tuple, Generation generation, PacketBuffer response) {
        writer.messageIntegrity(generation.mac);
        writer.end(response);
        events.onIceResponse(tuple, response);
    }

    static Mac hmac(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without HMAC-SHA1", e);
        }
    }
}
