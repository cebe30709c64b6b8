package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.server.WebRtcPeers.Stats;
import org.junit.jupiter.api.Test;

/// libwebrtc as it comes, against the real server: two participants, a connection each way, two media loops.
class WebRtcPeersTest {
    private static final long SOME_FRAMES = 20;

    @Test
    void seeEachOtherUnderAes128GcmByThemselves() {
        try (var server = TestServer.start();
                var peers = WebRtcPeers.start(server)) {
            call(server, peers);

            for (String name : new String[] {"ann", "bob"}) {
                Stats stats = peers.statsUntil(name, now -> now.number("decoded") >= SOME_FRAMES);
                assertThat(stats.text("publisherCipher")).isEqualTo("AEAD_AES_128_GCM");
                assertThat(stats.text("subscriberCipher")).isEqualTo("AEAD_AES_128_GCM");
            }
        }
    }

    @Test
    void keepSeeingEachOtherAcrossAnIceRestart() {
        try (var server = TestServer.start();
                var peers = WebRtcPeers.start(server)) {
            call(server, peers);
            long before = peers.statsUntil("bob", now -> now.number("decoded") >= SOME_FRAMES)
                    .number("decoded");
            String ufrag = peers.stats("ann").text("remoteUfrag");

            peers.restartIce("ann");
            peers.statsUntil("ann", now -> !now.text("remoteUfrag").equals(ufrag));

            // Longer than what could still be under way on the old path.
            peers.statsUntil("bob", now -> now.number("decoded") >= before + 3 * SOME_FRAMES);
        }
    }

    private static void call(TestServer server, WebRtcPeers peers) {
        for (String name : new String[] {"ann", "bob"}) {
            peers.join(name, server.token(name));
            peers.publish(name);
        }
    }
}
