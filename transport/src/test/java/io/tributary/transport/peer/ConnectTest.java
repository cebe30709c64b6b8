package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.sim.ScriptedDtls;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimRtp;
import io.tributary.transport.sim.SimStun;
import io.tributary.transport.srtp.SrtpProfile;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectTest extends PeerScenario {
    private static final InetSocketAddress STRANGER = SimPeer.address("203.0.113.9", 1234);
    private static final InetSocketAddress ELSEWHERE = SimPeer.address("198.51.100.200", 50_000);

    @ParameterizedTest
    @EnumSource
    void connectsAndCarriesMediaUnderEveryProfile(SrtpProfile profile) {
        var other = new SimPeer(world, "bob", SimPeer.address("198.51.100.8", 40_001), profile);
        var otherEvents = new Events();
        PeerTransport otherPeer = server.connect(other, otherEvents);
        onLoop(() -> otherPeer.receive(audio("0", 77), sink));
        world.runForMillis(500);
        assertThat(otherEvents.connected).isEqualTo(1);
        other.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        assertThat(sink.arrivals).hasSize(1);
    }

    @Test
    void connectsThroughALossyLink() {
        world.network()
                .link(client.address(), server.address(0))
                .loss(0.3)
                .jitterMillis(30)
                .reorders(true);
        world.network()
                .link(server.address(0), client.address())
                .loss(0.3)
                .jitterMillis(30)
                .reorders(true);
        world.runForMillis(3_000);
        assertThat(events.connected).isEqualTo(1);
        assertThat(client.connected()).isTrue();
    }

    @Test
    void dropsAStrangersPacketBeforeAnyCryptography() {
        connect();
        receive(audio("0", 77));
        byte[] genuine = client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        world.network().send(STRANGER, server.address(0), genuine);
        world.network().send(STRANGER, server.address(0), ScriptedDtls.hello(SrtpProfile.AEAD_AES_128_GCM, 1));
        world.runForMillis(100);
        assertThat(server.drops(PeerDrop.UNKNOWN_ADDRESS)).isEqualTo(2);
        assertThat(server.drops(PeerDrop.SRTP_REFUSED)).isZero();
        assertThat(sink.arrivals).hasSize(1);
    }

    @Test
    void dropsAStrangersCheckUnlessItIsSigned() {
        connect();
        var guessed = new IceCredentials("zzzz", "a password that nobody ever handed out");
        byte[] unknown = SimStun.bindingRequest(new byte[12], client.credentials(), guessed, true);
        world.network().send(STRANGER, server.address(0), unknown);
        world.runForMillis(100);
        assertThat(server.drops(PeerDrop.UNKNOWN_UFRAG)).isEqualTo(1);
        var forged = new IceCredentials(serverCredentials.ufrag(), "a password that nobody ever handed out");
        byte[] unsigned = SimStun.bindingRequest(new byte[12], client.credentials(), forged, true);
        world.network().send(STRANGER, server.address(0), unsigned);
        world.runForMillis(100);
        assertThat(server.drops(IceDrop.BAD_INTEGRITY)).isEqualTo(1);
        world.network().send(STRANGER, server.address(0), new byte[] {(byte) 0x80, 111, 0, 1});
        world.runForMillis(100);
        assertThat(server.drops(PeerDrop.UNKNOWN_ADDRESS)).isEqualTo(1);
    }

    @Test
    void followsANewAddressOnlyAfterACheckFromThere() {
        connect();
        receive(audio("0", 77));
        client.moveTo(ELSEWHERE, false);
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        assertThat(sink.arrivals).isEmpty();
        assertThat(server.drops(PeerDrop.UNKNOWN_ADDRESS)).isEqualTo(1);

        client.moveTo(ELSEWHERE, true);
        world.runForMillis(200);
        client.send(new SimRtp(OPUS, 2, 1920, 77, new byte[50]));
        world.runForMillis(100);
        assertThat(sink.seqs()).containsExactly(2);
        long before = client.reports().size();
        world.runForMillis(2_000); // receiver reports find it there
        assertThat(client.reports().size()).isGreaterThan((int) before);
        assertThat(events.disconnected).isEmpty();
    }

    @Test
    void staysConnectedWhileConsentIsRenewed() {
        connect();
        world.runForMillis(120_000);
        assertThat(events.disconnected).isEmpty();
    }

    @Test
    void reportsAPeerThatVanishedAndARevival() {
        connect();
        client.vanish();
        world.runForMillis(60_000);
        assertThat(events.disconnected).hasSize(1);
        assertThat(peer.connected()).isFalse();
        client.returnFromSilence();
        world.runForMillis(5_000);
        assertThat(events.connected).isEqualTo(2);
        assertThat(peer.connected()).isTrue();
    }

    @Test
    void keepsMediaFlowingThroughAnIceRestart() {
        connect();
        receive(audio("0", 77));
        IceCredentials newLocal = server.credentials();
        IceCredentials newRemote = client.restartIce();
        onLoop(() -> {
            peer.restartIce(newLocal);
            peer.setRemote(newRemote, client.fingerprint());
        });
        client.moveTo(ELSEWHERE, false);
        client.connect(server.address(1), newLocal);
        world.runForMillis(500);
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        assertThat(sink.arrivals).hasSize(1);
        assertThat(events.disconnected).isEmpty();
        assertThat(events.connected).isEqualTo(1);
    }

    /// The answers to both offers may still be under way: until the client knows, it goes on under what it has.
    @Test
    void staysConnectedThroughIceRestartsThatTheClientHasNotHeardOf() {
        connect();
        for (int i = 0; i < 3; i++) {
            IceCredentials newLocal = server.credentials();
            IceCredentials promised = IceCredentials.random(world.random());
            onLoop(() -> {
                peer.restartIce(newLocal);
                peer.setRemote(promised, client.fingerprint());
            });
        }
        world.runForMillis(60_000);
        assertThat(events.disconnected).isEmpty();

        IceCredentials newLocal = server.credentials();
        IceCredentials newRemote = client.restartIce();
        onLoop(() -> {
            peer.restartIce(newLocal);
            peer.setRemote(newRemote, client.fingerprint());
        });
        client.moveTo(ELSEWHERE, false);
        client.connect(server.address(1), newLocal);
        world.runForMillis(60_000);
        assertThat(events.disconnected).isEmpty();
        assertThat(peer.connected()).isTrue();
    }

    @Test
    void reportsThatThePeerClosedDtls() {
        connect();
        client.sayGoodbye();
        world.runForMillis(100);
        assertThat(events.disconnected).hasSize(1);
        assertThat(peer.connected()).isFalse();
    }

    @Test
    void forgetsAClosedPeerAltogether() {
        connect();
        onLoop(peer::close);
        onLoop(peer::close);
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(5_000);
        assertThat(server.drops(PeerDrop.UNKNOWN_ADDRESS)).isEqualTo(1);
        assertThat(server.drops(PeerDrop.UNKNOWN_UFRAG)).isPositive();
        assertThat(server.table().peers()).isEmpty();
        assertThat(events.disconnected).isEmpty();
    }

    @Test
    void givesAnAddressToThePeerThatChecksFromItNow() {
        connect();
        var successor = new SimPeer(world, "bob", client.address()); // same NAT binding, another connection
        client.vanish();
        var successorEvents = new Events();
        PeerTransport successorPeer = server.connect(successor, successorEvents);
        var successorSink = new Sink();
        onLoop(() -> successorPeer.receive(audio("0", 78), successorSink));
        world.runForMillis(500);
        assertThat(successorEvents.connected).isEqualTo(1);
        successor.send(new SimRtp(OPUS, 1, 960, 78, new byte[50]));
        world.runForMillis(100);
        assertThat(successorSink.arrivals).hasSize(1);
    }

    /// A participant whose checks claim to come from somebody else's address takes it over for a moment at most.
    @Test
    void givesAnAddressBackToThePeerThatLivesThere() {
        connect();
        receive(audio("0", 77));
        var thief = new SimPeer(world, "mallory", SimPeer.address("203.0.113.66", 6_666));
        IceCredentials thiefsServer = server.credentials();
        server.connect(thief, thiefsServer, new Events());
        world.runForMillis(500);
        byte[] spoofed = SimStun.bindingRequest(new byte[12], thief.credentials(), thiefsServer, true);
        world.network().send(client.address(), server.address(0), spoofed);
        world.runForMillis(5_000);
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        assertThat(sink.seqs()).containsExactly(1);
    }

    @Test
    void countsWhatIsNoProtocolOfOurs() {
        connect();
        for (byte[] junk : List.of(new byte[] {100, 1, 2, 3}, new byte[] {(byte) 255, 1}, new byte[] {70, 1, 2})) {
            client.sendDatagram(junk);
        }
        world.runForMillis(100);
        assertThat(server.drops(PeerDrop.UNKNOWN_PROTOCOL)).isEqualTo(3);
    }
}
