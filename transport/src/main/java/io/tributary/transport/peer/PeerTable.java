package io.tributary.transport.peer;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.StunMessage;
import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
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
    /// Addresses that lead to one peer: both address families of a few interfaces, and what they were before the last
    /// change of network.
    static final int MAX_TUPLES = 16;

    /// Present and previous username fragment: checks under the old one may still be under way after a restart.
    static final int MAX_UFRAGS = 2;

    private final PeerEnvironment environment;
    private final DropCounter<PeerDrop> drops;
    private final List<Map<InetSocketAddress, Entry>> bySocket = new ArrayList<>();
    private final Map<String, Entry> byUfrag = new HashMap<>();
    private final Map<PeerTransport, Entry> entries = new IdentityHashMap<>();

    private static final class Entry {
        final PeerTransport peer;
        final ArrayDeque<Tuple> tuples = new ArrayDeque<>();
        final ArrayDeque<String> ufrags = new ArrayDeque<>();

        Entry(PeerTransport peer) {
            this.peer = peer;
        }
    }

    public PeerTable(PeerEnvironment environment) {
        this.environment = environment;
        drops = environment.drops();
    }

    /// A new connection under our credentials `local`. It ends with [PeerTransport#close].
    public PeerTransport open(PeerId id, IceCredentials local, PeerEvents events) {
        assert environment.loop().inLoop();
        var peer = new PeerTransport(environment, this, id, local, events);
        entries.put(peer, new Entry(peer));
        addUfrag(peer, local.ufrag());
        return peer;
    }

    public Collection<PeerTransport> peers() {
        return List.copyOf(entries.keySet());
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

    /// Makes `ufrag` lead to `peer`; the oldest beyond [#MAX_UFRAGS] no longer does.
    void addUfrag(PeerTransport peer, String ufrag) {
        Entry entry = entries.get(peer);
        if (entry == null || byUfrag.containsKey(ufrag)) {
            throw new IllegalStateException("a username fragment is used twice on one loop");
        }
        byUfrag.put(ufrag, entry);
        entry.ufrags.add(ufrag);
        if (entry.ufrags.size() > MAX_UFRAGS) {
            byUfrag.remove(entry.ufrags.remove());
        }
    }

    void remove(PeerTransport peer) {
        @Nullable Entry entry = entries.remove(peer);
        if (entry != null) {
            entry.ufrags.forEach(byUfrag::remove);
            entry.tuples.forEach(this::unbind);
        }
    }

    private void receiveStun(
            long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram, @Nullable Entry known) {
        @Nullable String ufrag = StunMessage.localUfrag(datagram.array(), datagram.offset(), datagram.length());
        // A check is for whom it names: the peer that used this address before may be gone without having said so.
        @Nullable Entry entry = ufrag == null ? known : byUfrag.get(ufrag);
        if (entry == null) {
            drops.count(ufrag == null ? PeerDrop.UNKNOWN_ADDRESS : PeerDrop.UNKNOWN_UFRAG);
            return;
        }
        entry.peer.receive(nowMicros, socket, remote, datagram);
        if (entry != known && entries.get(entry.peer) == entry && entry.peer.reachableAt(socket, remote)) {
            bind(entry, new Tuple(socket, remote), known);
        }
    }

    private void bind(Entry entry, Tuple tuple, @Nullable Entry before) {
        if (before != null) {
            before.tuples.remove(tuple);
        }
        while (bySocket.size() <= tuple.socket()) {
            bySocket.add(new HashMap<>());
        }
        bySocket.get(tuple.socket()).put(tuple.remote(), entry);
        entry.tuples.add(tuple);
        if (entry.tuples.size() > MAX_TUPLES) {
            unbind(entry.tuples.remove());
        }
    }

    private void unbind(Tuple tuple) {
        bySocket.get(tuple.socket()).remove(tuple.remote());
    }

    private @Nullable Entry at(int socket, InetSocketAddress remote) {
        return socket < bySocket.size() ? bySocket.get(socket).get(remote) : null;
    }

    private static boolean isStun(PacketBuffer datagram) {
        return datagram.length() > 0 && (datagram.array()[datagram.offset()] & 0xFF) <= 3;
    }
}
