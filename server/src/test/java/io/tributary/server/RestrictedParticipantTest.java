package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.peer.PeerDrop;
import org.junit.jupiter.api.Test;

/// Somebody whose homeserver may only watch and listen here, with a real WebRTC stack that does not care.
class RestrictedParticipantTest {
    private static final int SOME_PACKETS = 30;

    @Test
    void seesAndHearsButWhateverItSendsGetsNowhere() {
        try (var server = TestServer.start();
                var peers = WebRtcPeers.start(server)) {
            peers.join("ann", server.token("ann"));
            peers.publish("ann");
            peers.join("bob", server.doorToken("bob", false));
            peers.statsUntil("bob", now -> now.number("decoded") >= SOME_PACKETS);

            peers.publish("bob");
            peers.event("bob", "answered NOT_ALLOWED");
            long unroutable = server.media().counted(PeerDrop.UNROUTABLE);
            peers.smuggle("bob");
            peers.statsUntil("bob", now -> now.number("sent") > SOME_PACKETS);
            // libwebrtc counts what it hands to the socket; here it arrives.
            peers.statsUntil("bob", _ -> server.media().counted(PeerDrop.UNROUTABLE) > unroutable + SOME_PACKETS);

            assertThat(peers.stats("ann").number("received")).isZero();
            // It is still a watcher like any other.
            long decoded = peers.stats("bob").number("decoded");
            peers.statsUntil("bob", now -> now.number("decoded") > decoded + SOME_PACKETS);
        }
    }
}
