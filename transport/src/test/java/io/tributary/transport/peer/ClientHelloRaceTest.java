package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.sim.ScriptedDtls;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimServer;
import io.tributary.transport.sim.SimWorld;
import io.tributary.transport.srtp.SrtpProfile;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Somebody guesses the server's port and sends ClientHellos and alerts before the clients do: the race that several
/// servers lost (see `docs/security.md`).
class ClientHelloRaceTest {
    private static final int SESSIONS = 1_000;
    private static final int STRANGERS = 50;
    private static final byte[] FATAL_ALERT = {21, (byte) 0xFE, (byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 40};

    private final SimWorld world = SimWorld.seeded(51);
    private final SimServer server = new SimServer(world, "media-0", SimPeer.address("192.0.2.1", 7882));

    /// 1,000 clients in ten seconds, and a thousand hostile datagrams in each of them.
    @Test
    void everyClientConnectsWithItsOwnKeys() {
        world.every(1_000, () -> {
            InetSocketAddress stranger =
                    SimPeer.address("203.0.113.9", 1_024 + world.random().nextInt(STRANGERS));
            byte[] hostile = switch (world.random().nextInt(3)) {
                case 0 -> ScriptedDtls.hello(SrtpProfile.AEAD_AES_128_GCM, 666);
                case 1 -> ScriptedDtls.bye();
                default -> FATAL_ALERT;
            };
            world.network().send(stranger, server.address(0), hostile);
            return true;
        });
        List<SimPeer> clients = new ArrayList<>();
        List<PeerScenario.Events> events = new ArrayList<>();
        List<PeerTransport> peers = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            var client =
                    new SimPeer(world, "client-" + i, SimPeer.address("198.51." + i / 250 + "." + i % 250, 40_000));
            clients.add(client);
            events.add(new PeerScenario.Events());
            peers.add(server.connect(client, events.getLast()));
            world.runForMillis(10);
        }
        world.runForMillis(1_000);

        assertThat(clients).allMatch(SimPeer::connected);
        assertThat(peers).allMatch(PeerTransport::connected);
        assertThat(events).allMatch(one -> one.connected == 1 && one.disconnected.isEmpty());
        assertThat(server.drops(PeerDrop.UNKNOWN_ADDRESS)).isGreaterThan(10_000);
    }

    /// From an address that passed its checks, but for another connection: each can only speak for itself.
    @Test
    void aParticipantsHelloReachesNobodyElse() {
        var mallory = new SimPeer(world, "mallory", SimPeer.address("203.0.113.9", 1_024));
        server.connect(mallory, new PeerScenario.Events());
        world.runForMillis(500);
        var alice = new SimPeer(world, "alice", SimPeer.address("198.51.100.7", 40_000));
        var events = new PeerScenario.Events();
        PeerTransport peer = server.connect(alice, events);
        for (int i = 0; i < 100; i++) {
            mallory.sendDatagram(ScriptedDtls.hello(SrtpProfile.AEAD_AES_128_GCM, 666));
            world.runForMillis(1);
        }
        world.runForMillis(500);

        assertThat(alice.connected()).isTrue();
        assertThat(peer.connected()).isTrue();
        assertThat(events.disconnected).isEmpty();
    }

    /// Handshakes that were begun and left alone hold up nobody for long.
    @Test
    void handshakesThatNeverEndDoNotKeepOthersOut() {
        var peers = new ArrayList<SimPeer>();
        for (int i = 0; i < 100; i++) { // more than one address may have under way
            var idle = new SimPeer(world, "idle-" + i, SimPeer.address("203.0.113.9", 1_024 + i));
            world.network().link(idle.address(), server.address(0)).filter(datagram -> datagram[0] < 20);
            server.connect(idle, new PeerScenario.Events());
            peers.add(idle);
        }
        world.runForMillis(500);
        peers.forEach(
                idle -> world.network().link(idle.address(), server.address(0)).filter(datagram -> datagram[0] != 22));
        byte[] record = FATAL_ALERT; // begins a handshake that this server's script never ends
        peers.forEach(idle -> idle.sendDatagram(record));
        world.runForMillis(100);
        assertThat(server.drops(PeerDrop.HANDSHAKE_BUDGET)).isPositive();
        var neighbour = new SimPeer(world, "neighbour", SimPeer.address("203.0.113.9", 9_000));
        server.connect(neighbour, new PeerScenario.Events());
        var elsewhere = new SimPeer(world, "elsewhere", SimPeer.address("198.51.100.7", 9_000));
        server.connect(elsewhere, new PeerScenario.Events());
        world.runForMillis(500);
        assertThat(elsewhere.connected()).isTrue();
        assertThat(neighbour.connected()).isFalse();
        world.runForMillis(6_000);

        assertThat(neighbour.connected()).isTrue();
        assertThat(server.drops(PeerDrop.HANDSHAKE_AGED_OUT)).isPositive();
    }
}
