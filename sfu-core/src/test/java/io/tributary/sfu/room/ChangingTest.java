package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.MuteTrack;
import io.tributary.sfu.room.RoomMessage.RefreshToken;
import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.track.TrackSid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Mute, names, metadata and what else changes about somebody who is there.
class ChangingTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void mutingShowsAtOnceAndStopsTheMedia() {
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.Mute(alice.sid, camera, true));
        assertThat(bob.latestOf(alice).orElseThrow().tracks().getFirst().muted())
                .isTrue();
        assertThat(alice.latestOf(alice)).isPresent();
        assertThat(world.fresh(RoomEffect.SetMuted.class)).containsExactly(new RoomEffect.SetMuted(camera, true));
        world.mark();
        alice.does(new RoomIntent.Mute(alice.sid, camera, true));
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void mutingWhatIsNotOnesOwnIsNotFound() {
        TrackSid camera = alice.camera();
        world.mark();
        bob.does(new RoomIntent.Mute(bob.sid, camera, true));
        assertThat(bob.told(RequestAnswered.class))
                .extracting(RequestAnswered::outcome)
                .containsExactly(RequestOutcome.NOT_FOUND);
        assertThat(world.fresh(RoomEffect.SetMuted.class)).isEmpty();
    }

    @Test
    void theServerMayMuteToo() {
        TrackSid microphone = alice.microphone();
        world.mark();
        world.apply(new RoomIntent.MuteRemotely(alice.identity, microphone, true));
        assertThat(alice.told(MuteTrack.class)).containsExactly(new MuteTrack(microphone, true));
        assertThat(bob.latestOf(alice).orElseThrow().tracks().getFirst().muted())
                .isTrue();
    }

    @Test
    void aTrackMutedBeforeItIsPublishedStartsMuted() {
        TrackSid microphone = alice.announces(audio("mic"));
        alice.does(new RoomIntent.Mute(alice.sid, microphone, true));
        alice.negotiates("mic", io.tributary.transport.rtp.Codec.OPUS, List.of());
        assertThat(bob.latestOf(alice).orElseThrow().tracks().getFirst().muted())
                .isTrue();
    }

    @Test
    void newWordsReachEverybodyThenTheTokenThenTheAnswer() {
        world.mark();
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 3, "Ann", "hello", Map.of("k", "v", "z", "1")));
        assertThat(bob.latestOf(alice)).hasValueSatisfying(view -> {
            assertThat(view.name()).isEqualTo("Ann");
            assertThat(view.metadata()).isEqualTo("hello");
            assertThat(view.attributes()).isEqualTo(Map.of("k", "v", "z", "1"));
        });
        assertThat(alice.told(RoomMessage.class))
                .extracting(message -> message.getClass().getSimpleName())
                .containsExactly("ParticipantsChanged", "RefreshToken", "RequestAnswered");
        assertThat(alice.told(RefreshToken.class).getFirst().self().name()).isEqualTo("Ann");
        assertThat(alice.told(RequestAnswered.class).getFirst()).satisfies(answer -> {
            assertThat(answer.requestId()).isEqualTo(3);
            assertThat(answer.outcome()).isEqualTo(RequestOutcome.OK);
        });
        world.mark();
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 4, "", "", Map.of("z", "")));
        assertThat(bob.latestOf(alice)).hasValueSatisfying(view -> {
            assertThat(view.name()).isEqualTo("Ann");
            assertThat(view.metadata()).isEqualTo("hello");
            assertThat(view.attributes()).isEqualTo(Map.of("k", "v"));
        });
    }

    @Test
    void olderClientsAreToldOnlyOfFailures() {
        var wish = wish("old");
        wish.protocol = 14;
        Guest old = world.guest(wish);
        world.mark();
        old.does(new RoomIntent.UpdateMetadata(old.sid, 1, "Old", "", Map.of()));
        assertThat(old.told(RequestAnswered.class)).isEmpty();
    }

    @Test
    void newWordsNeedPermission() {
        var wish = wish("mute");
        wish.canUpdateMetadata = false;
        Guest mute = world.guest(wish);
        world.mark();
        mute.does(new RoomIntent.UpdateMetadata(mute.sid, 9, "x", "", Map.of()));
        assertThat(mute.told(RequestAnswered.class)).singleElement().satisfies(answer -> {
            assertThat(answer.requestId()).isEqualTo(9);
            assertThat(answer.outcome()).isEqualTo(RequestOutcome.NOT_ALLOWED);
            assertThat(answer.message()).isEqualTo("does not have permission to update own metadata");
        });
        assertThat(bob.viewsOf(mute)).isEmpty();
    }

    @Test
    void wordsHaveLimits() {
        world.mark();
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 1, "n".repeat(257), "", Map.of()));
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 2, "", "ü".repeat(256 * 1024 + 1), Map.of()));
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 3, "", "", Map.of("k", "v".repeat(64 * 1024))));
        assertThat(alice.told(RequestAnswered.class))
                .extracting(RequestAnswered::outcome)
                .containsOnly(RequestOutcome.LIMIT_EXCEEDED)
                .hasSize(3);
        assertThat(bob.viewsOf(alice)).isEmpty();
    }

    @Test
    void attributesAreLimitedAsAWholeNotPerRequest() {
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 1, "", "", Map.of("a", "v".repeat(40_000))));
        world.mark();
        alice.does(new RoomIntent.UpdateMetadata(alice.sid, 2, "", "", Map.of("b", "v".repeat(40_000))));
        assertThat(alice.told(RequestAnswered.class))
                .extracting(RequestAnswered::outcome)
                .containsExactly(RequestOutcome.LIMIT_EXCEEDED);
    }

    @Test
    void tracksChangeTheirFeaturesAndSize() {
        TrackSid microphone = alice.microphone();
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.UpdateAudioTrack(alice.sid, microphone, List.of(2, 3)));
        alice.does(new RoomIntent.UpdateVideoTrack(alice.sid, camera, 720, 1280));
        List<TrackView> tracks = bob.latestOf(alice).orElseThrow().tracks();
        assertThat(tracks.getFirst().audioFeatures()).containsExactly(2, 3);
        assertThat(tracks.getLast().height()).isEqualTo(1280);
        world.mark();
        alice.does(new RoomIntent.UpdateAudioTrack(alice.sid, camera, List.of()));
        alice.does(new RoomIntent.UpdateVideoTrack(alice.sid, new TrackSid("TR_VCx"), 1, 1));
        assertThat(alice.told(RequestAnswered.class))
                .extracting(RequestAnswered::outcome)
                .containsExactly(RequestOutcome.NOT_FOUND, RequestOutcome.NOT_FOUND);
    }
}
