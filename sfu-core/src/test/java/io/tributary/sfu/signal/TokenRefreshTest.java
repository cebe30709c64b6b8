package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.REFRESH_TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RoomIntent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/// The tokens that participants are given to come back with.
class TokenRefreshTest {
    private final SignalWorld world = new SignalWorld();

    @Test
    void comeWithTheJoinAndThenAtTheInterval() {
        var ann = world.cameraOf("ann");
        assertThat(ann.news(REFRESH_TOKEN)).hasSize(1);

        world.advance(SignalWorld.REFRESH.toMillis() - 1);
        assertThat(ann.news(REFRESH_TOKEN)).hasSize(1);
        world.advance(1);
        assertThat(ann.news(REFRESH_TOKEN)).hasSize(2);
        world.advance(2 * SignalWorld.REFRESH.toMillis());

        assertThat(ann.news(REFRESH_TOKEN)).hasSize(4);
    }

    @Test
    void keepClaimsThatAreNotKnownHere() {
        var ann = world.with(
                "ann",
                Map.of(
                        "org.example.device",
                        "ABC",
                        "sip",
                        Map.of("admin", true),
                        "video",
                        Map.of(
                                "roomJoin",
                                true,
                                "room",
                                SignalWorld.ROOM.value(),
                                "futureGrant",
                                List.of(1, 2),
                                "canPublishSources",
                                List.of("camera", "hologram"))),
                "/rtc",
                "protocol=16");

        var claims = ann.token().claims();
        assertThat(claims).containsEntry("org.example.device", "ABC").containsEntry("sip", Map.of("admin", true));
        assertThat(claims.get("video"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("futureGrant", List.of(1L, 2L))
                .containsEntry("canPublishSources", List.of("camera", "hologram"));
        assertThat(ann.token().identity()).isEqualTo(ann.identity);
    }

    @Test
    void sayWhatTheirBearerHasBecome() {
        var ann = world.cameraOf("ann");
        ann.says(SignalRequest.newBuilder()
                .setUpdateMetadata(LivekitRtc.UpdateParticipantMetadata.newBuilder()
                        .setName("Ann B.")
                        .setMetadata("m")
                        .putAttributes("k", "v")));

        assertThat(ann.news(REFRESH_TOKEN)).hasSize(2);
        assertThat(ann.token().name()).isEqualTo("Ann B.");
        assertThat(ann.token().metadata()).isEqualTo("m");
        assertThat(ann.token().attributes()).isEqualTo(Map.of("k", "v"));
        world.advance(SignalWorld.REFRESH.toMillis());
        assertThat(ann.token().name()).isEqualTo("Ann B.");
    }

    @Test
    void sayWhatTheirBearerMayDoNow() {
        var ann = world.cameraOf("ann");
        world.lobby.administer(
                SignalWorld.ROOM,
                new RoomIntent.SetPermissions(
                        ann.identity, new Permissions(true, true, true, true, false, Set.of(), false, false, true)));
        world.settle();

        assertThat(ann.token().video().hidden()).isTrue();
        assertThat(ann.token().video().canUpdateOwnMetadata()).isFalse();
        assertThat(ann.token().video().canSubscribeMetrics()).isTrue();
    }

    @Test
    void outliveTheTokenThatIsAboutToExpire() {
        var ann = world.cameraOf("ann");
        world.advance(59 * 60_000);

        long expiresMillis = ann.token().expiresAtSeconds() * 1_000;
        // The token it came with ends an hour after it was made; the last renewal was 4 minutes ago.
        assertThat(expiresMillis).isGreaterThan(world.startMillis() + 64 * 60_000);
    }
}
