package io.tributary.load.peer;

import io.tributary.load.net.ClientSocket;
import io.tributary.transport.ice.IceCredentials;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/// ICE of one connection with a server (RFC 8445 §7): one host candidate of ours against the few of the server's.
///
/// The first candidate that answers is taken. Where the server controls, it is asked to nominate by our checks as by
/// its own, and the path is taken all the same: on one network there is no better one to wait for.
final class ConnectivityChecks {
    private static final long CHECK_INTERVAL_MICROS = 50_000;

    /// libwebrtc's consent checks on a writable path are as far apart (RFC 7675 allows 5 s).
    private static final long CONSENT_INTERVAL_MICROS = 2_500_000;

    /// A server names an address of each kind and network it has.
    private static final int MAX_CANDIDATES = 16;

    private final ClientSocket socket;
    private final IceCredentials local;
    private final boolean controlling;
    private final Mac localKey;
    private final long tieBreaker;
    private final Random random;
    private final Set<Long> candidates = new LinkedHashSet<>();
    private byte[] transaction = new byte[0];
    private String username = "";
    private @Nullable Mac remoteKey;
    private long path;
    private long nextMicros;

    ConnectivityChecks(ClientSocket socket, IceCredentials local, boolean controlling, Random random) {
        this.socket = socket;
        this.local = local;
        this.controlling = controlling;
        this.random = random;
        localKey = ClientStun.key(local.pwd());
        tieBreaker = random.nextLong();
    }

    void remote(IceCredentials remote) {
        if (remoteKey == null) {
            remoteKey = ClientStun.key(remote.pwd());
            username = remote.ufrag() + ":" + local.ufrag();
        }
    }

    void candidate(long endpoint) {
        if (candidates.size() < MAX_CANDIDATES) {
            candidates.add(endpoint);
        }
    }

    /// Where to send, 0 while no check has succeeded.
    long path() {
        return path;
    }

    /// When [#onDeadline] is due.
    long nextMicros() {
        return nextMicros;
    }

    void onDeadline(long nowMicros) {
        Mac key = remoteKey;
        nextMicros = nowMicros + (path == 0 ? CHECK_INTERVAL_MICROS : CONSENT_INTERVAL_MICROS);
        if (key == null) {
            return;
        }
        // One transaction for all: whichever answers first is as good as any.
        byte[] id = new byte[ClientStun.TRANSACTION_BYTES];
        random.nextBytes(id);
        transaction = id;
        byte[] check = ClientStun.check(id, username, key, controlling, tieBreaker, controlling);
        if (path != 0) {
            socket.send(path, check, 0, check.length);
            return;
        }
        for (long candidate : candidates) {
            socket.send(candidate, check, 0, check.length);
        }
    }

    /// @return whether there is a path now and was none before
    boolean onStun(byte[] message, long remote) {
        if (ClientStun.isRequest(message)) {
            answer(message, remote);
            return false;
        }
        Mac key = remoteKey;
        boolean ours = key != null
                && ClientStun.isSuccess(message)
                && Arrays.equals(ClientStun.transaction(message), transaction)
                && ClientStun.isIntact(message, key);
        if (ours && path == 0) {
            path = remote;
            return true;
        }
        return false;
    }

    private void answer(byte[] request, long remote) {
        String name = ClientStun.username(request);
        if (name == null || !name.startsWith(local.ufrag() + ":") || !ClientStun.isIntact(request, localKey)) {
            return;
        }
        byte[] answer = ClientStun.success(
                ClientStun.transaction(request), localKey, ClientSocket.ipv4(remote), ClientSocket.port(remote));
        socket.send(remote, answer, 0, answer.length);
        if (path != 0 && ClientStun.nominates(request)) {
            path = remote;
        }
    }
}
