package io.tributary.transport.peer;

import io.tributary.transport.dtls.HandshakeBudget;
import io.tributary.transport.ice.CheckBudget;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.StunMessage;
import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All peers of one loop, and which of them a datagram is for. Media loop only.
///
/// An address leads to a peer only after a connectivity check from it was authenticated (never by latching onto whoever
/// sends first); a check itself finds its peer by the username fragment that it names (RFC 8445 §7.3). Everything else
/// from an unknown address is dropped before any cryptography.
public final class PeerTable implements DatagramReceiver {
    final HandshakeBudget handshakes;
    final CheckBudget checks;
    final ForgerySieve sieve;

    private final PeerEnvironment environment;
    private final DropCounter<PeerDrop> drops;
    private final RepairCounters repairs = new RepairCounters();
    private final PacingCounter pacing = new PacingCounter();
    private final StunMessage stun = new StunMessage();
    private final List<Map<InetSocketAddress, Entry>> bySocket = new ArrayList<>();
    private final Map<String, Entry> byUfrag = new HashMap<>();
    private final IdentityHashMap<PeerTransport, Entry> entries = new IdentityHashMap<>();

    private static final class Entry {
        final PeerTransport peer;
        final List<Tuple> tuples = new ArrayList<>(); // as many as its ICE agent remembers
        List<String> ufrags = List.of();

        Entry(PeerTransport peer) {
            this.peer = peer;
        }
    }

    public PeerTable(PeerEnvironment environment) {
        this.environment = environment;
        drops = environment.drops();
        handshakes = environment.budgets().newHandshakes();
        checks = environment.budgets().checks(environment.random());
        sieve = new ForgerySieve(environment.random().nextInt());
    }

    /// A new connection under our credentials `local`. It ends with [PeerTransport#close].
    public PeerTransport open(PeerId id, IceCredentials local, PeerEvents events) {
        assert environment.loop().inLoop();
        var peer = new PeerTransport(environment, this, id, local, events);
        entries.put(peer, new Entry(peer));
        setUfrags(peer, List.of(local.ufrag()));
        return peer;
    }

    public Collection<PeerTransport> peers() {
        return List.copyOf(entries.keySet());
    }

    /// What the repair of losses does for the peers here. Any thread.
    public RepairCounters repairs() {
        return repairs;
    }

    /// How often the peers here had more to pace than they may. Any thread.
    public PacingCounter pacing() {
        return pacing;
    }

    @Override
    public void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        @Nullable Entry entry = at(socket, remote);
        if (isStun(datagram)) {
            receiveStun(nowMicros, socket, remote, datagram, entry);
        } else if (entry != null) {
            entry.peer.receive(nowMicros, socket, remote, datagram);
        } else {
            drops.count(PeerDrop.UNKNOWN_ADDRESS);
        }
    }

    /// Makes `ufrags` lead to `peer`, and those that it had before no longer.
    void setUfrags(PeerTransport peer, List<String> ufrags) {
        Entry entry = entries.get(peer);
        if (entry == null) {
            return;
        }
        entry.ufrags.forEach(byUfrag::remove);
        entry.ufrags = ufrags;
        for (String ufrag : ufrags) {
            if (byUfrag.putIfAbsent(ufrag, entry) != null) {
                throw new IllegalStateException("a username fragment is used twice on one loop");
            }
        }
    }

    void remove(PeerTransport peer) {
        @Nullable Entry entry = entries.remove(peer);
        if (entry != null) {
            entry.ufrags.forEach(ufrag -> byUfrag.remove(ufrag, entry));
            entry.tuples.forEach(this::unbind);
        }
    }

    /// Makes `tuple` lead to `peer`, whoever it led to before.
    void bind(PeerTransport peer, Tuple tuple) {
        Entry entry = entries.get(peer);
        if (entry == null) {
            return;
        }
        while (bySocket.size() <= tuple.socket()) {
            bySocket.add(new HashMap<>());
        }
        @Nullable Entry before = bySocket.get(tuple.socket()).put(tuple.remote(), entry);
        if (before != null) {
            before.tuples.remove(tuple);
        }
        entry.tuples.add(tuple);
    }

    void unbind(PeerTransport peer, Tuple tuple) {
        Entry entry = entries.get(peer);
        if (entry != null && entry.tuples.remove(tuple)) {
            unbind(tuple);
        }
    }

    private void unbind(Tuple tuple) {
        bySocket.get(tuple.socket()).remove(tuple.remote());
    }

    /// A check is for whom it names: the peer that used its address before may be gone without having said so.
    private void receiveStun(
            long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram, @Nullable Entry known) {
        @Nullable String ufrag = stun.wrap(datagram) ? stun.localUfrag() : null;
        @Nullable Entry entry = ufrag == null ? known : byUfrag.get(ufrag);
        if (entry == null) {
            drops.count(ufrag == null ? PeerDrop.UNKNOWN_ADDRESS : PeerDrop.UNKNOWN_UFRAG);
        } else {
            entry.peer.receive(nowMicros, socket, remote, datagram);
        }
    }

    private @Nullable Entry at(int socket, InetSocketAddress remote) {
        return socket < bySocket.size() ? bySocket.get(socket).get(remote) : null;
    }

    private static boolean isStun(PacketBuffer datagram) {
        return datagram.length() > 0 && (datagram.array()[datagram.offset()] & 0xFF) <= 3;
    }
}
