package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.transport.peer.PeerDrop;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A publisher that goes on sending after it was told that it may not any more: it is cut off here, not by its own
/// good will.
class RevocationTest {
    private static final Permissions MAY_WATCH =
            new Permissions(true, false, false, false, false, Set.of(), true, false, false);

    @Test
    void cutsOffAPublisherThatSendsAllTheSame() {
        try (var server = TestServer.start();
                var peers = WebRtcPeers.start(server)) {
            peers.join("ann", server.token("ann"));
            peers.publish("ann");
            peers.join("bob", server.token("bob"));
            peers.statsUntil("bob", now -> now.number("decoded") > 0);
            long unroutable = server.media().counted(PeerDrop.UNROUTABLE);

            server.lobby()
                    .administer(
                            new RoomName(TestServer.ROOM),
                            new RoomIntent.SetPermissions(new ParticipantIdentity("ann"), MAY_WATCH));
            peers.event("ann", "unpublished");

            // By then what was on its way has arrived, and libwebrtc counts anew: it keeps its figures for 50 ms.
            peers.statsUntil("ann", _ -> server.media().counted(PeerDrop.UNROUTABLE) > unroutable + 10);
            long received = peers.stats("bob").number("received");
            peers.statsUntil("ann", _ -> server.media().counted(PeerDrop.UNROUTABLE) > unroutable + 40);

            assertThat(peers.stats("bob").number("received")).isEqualTo(received);
        }
    }
}
