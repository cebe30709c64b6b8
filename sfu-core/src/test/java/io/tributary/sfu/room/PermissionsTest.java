package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.video;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.room.RoomMessage.RefreshToken;
import io.tributary.sfu.room.RoomMessage.TrackUnpublished;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What somebody may do changes while they are in the room, and who is hidden stays so.
class PermissionsTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void takingAwayPublishingCutsMediaOff() {
        TrackSid camera = alice.camera();
        TrackSid pending = alice.announces(audio("mic"));
        world.mark();
        set(alice, permissions(true, false, false, Set.of()));
        assertThat(alice.told(TrackUnpublished.class))
                .containsExactlyInAnyOrder(new TrackUnpublished(camera), new TrackUnpublished(pending));
        assertThat(world.fresh(RoomEffect.StopTrack.class))
                .containsExactly(new RoomEffect.StopTrack(alice.sid, camera));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        assertThat(bob.latestOf(alice)).hasValueSatisfying(view -> {
            assertThat(view.tracks()).isEmpty();
            assertThat(view.permissions().canPublish()).isFalse();
        });
        assertThat(alice.latestOf(alice)).isPresent();
        assertThat(alice.told(RefreshToken.class).getLast().self().permissions().canPublish())
                .isFalse();
        world.mark();
        alice.negotiates("mic", io.tributary.transport.rtp.Codec.OPUS, java.util.List.of());
        alice.announces(video("again"));
        assertThat(world.fresh(RoomEffect.Publish.class)).isEmpty();
        assertThat(alice.told(RoomMessage.TrackPublished.class)).isEmpty();
    }

    @Test
    void takingAwayOneSourceLeavesTheOthers() {
        TrackSid microphone = alice.microphone();
        TrackSid camera = alice.camera();
        world.mark();
        set(alice, permissions(true, true, false, Set.of(MediaSource.MICROPHONE)));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        assertThat(bob.latestOf(alice).orElseThrow().tracks())
                .extracting(TrackView::sid)
                .containsExactly(microphone);
    }

    @Test
    void takingAwaySubscribingAndGivingItBack() {
        TrackSid camera = alice.camera();
        world.mark();
        set(bob, permissions(false, true, false, Set.of()));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        world.mark();
        set(bob, permissions(true, true, false, Set.of()));
        assertThat(bob.subscribes()).containsExactly(camera);
    }

    @Test
    void theSamePermissionsChangeNothing() {
        set(bob, permissions(true, true, false, Set.of()));
        world.mark();
        set(bob, permissions(true, true, false, Set.of()));
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void theHiddenReceiveButNobodyLearnsOfThem() {
        Guest ghost = world.guest(wish("ghost").hidden());
        TrackSid camera = alice.camera();
        world.advance(30_000);
        assertThat(ghost.subscribes()).containsExactly(camera);
        assertThat(ghost.viewsOf(alice)).isNotEmpty();
        assertThat(bob.viewsOf(ghost)).isEmpty();
        assertThat(bob.told(RoomMessage.RoomChanged.class).getLast().room().participants())
                .isEqualTo(2);
        assertThat(world.guest("carol").view.others())
                .extracting(ParticipantView::sid)
                .containsExactlyInAnyOrder(alice.sid, bob.sid);
        ghost.does(new RoomIntent.Leave(ghost.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(30_000);
        assertThat(bob.viewsOf(ghost)).isEmpty();
    }

    @Test
    void theHiddenPublishNothing() {
        var wish = wish("ghost").hidden();
        wish.canPublish = true;
        Guest ghost = world.guest(wish);
        world.mark();
        assertThat(ghost.announces(audio("mic"))).isEqualTo(new TrackSid("none"));
    }

    @Test
    void hidingLooksLikeLeavingAndShowingLikeComing() {
        alice.camera();
        world.mark();
        set(alice, permissions(true, true, true, Set.of()));
        assertThat(bob.latestOf(alice)).map(ParticipantView::state).contains(ParticipantState.DISCONNECTED);
        assertThat(bob.told(ParticipantsChanged.class).stream().flatMap(changed -> changed.participants().stream()))
                .noneMatch(view -> view.permissions().hidden());
        assertThat(bob.unsubscribes()).hasSize(1);
        world.mark();
        world.advance(30_000);
        assertThat(bob.viewsOf(alice)).isEmpty();
        set(alice, permissions(true, true, false, Set.of()));
        assertThat(bob.latestOf(alice)).map(ParticipantView::state).contains(ParticipantState.ACTIVE);
    }

    private void set(Guest guest, Permissions permissions) {
        world.apply(new RoomIntent.SetPermissions(guest.identity, permissions));
    }

    private static Permissions permissions(
            boolean subscribe, boolean publish, boolean hidden, Set<MediaSource> sources) {
        return new Permissions(subscribe, publish, publish, hidden, false, sources, true, false, false);
    }

    /// Its m-line may still be in the offer, and must not become what its publisher may publish.
    @Test
    void whatWasTakenAwayNeverCountsAsAnotherTrack() {
        alice.camera();
        set(alice, permissions(true, true, false, Set.of(MediaSource.SCREEN_SHARE)));
        TrackSid screen = alice.announces(screen("screen"));
        world.mark();

        alice.negotiates("cam-" + alice.sid.value(), Codec.VP8, List.of("f", "h", "q"));
        assertThat(world.fresh(RoomEffect.Publish.class)).isEmpty();

        alice.negotiates("screen", Codec.VP8, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(publish -> publish.track().sid())
                .containsExactly(screen);
    }

    @Test
    void whatWasRefusedNeverCountsAsAnotherTrack() {
        set(alice, permissions(true, true, false, Set.of(MediaSource.SCREEN_SHARE)));
        alice.announces(video("camera"));
        alice.announces(screen("screen"));
        world.mark();

        alice.negotiates("camera", Codec.VP8, List.of("f", "h", "q"));

        assertThat(world.fresh(RoomEffect.Publish.class)).isEmpty();
    }

    @Test
    void whatWasRefusedMayBePublishedOnceItIsAllowed() {
        set(alice, permissions(true, true, false, Set.of(MediaSource.SCREEN_SHARE)));
        alice.announces(video("camera"));
        set(alice, permissions(true, true, false, Set.of()));
        alice.announces(video("camera"));
        world.mark();

        alice.negotiates("camera", Codec.VP8, List.of("f", "h", "q"));

        assertThat(world.fresh(RoomEffect.Publish.class)).hasSize(1);
    }

    private static TrackRequest screen(String cid) {
        return RoomWorld.request(cid, TrackType.VIDEO, MediaSource.SCREEN_SHARE, List.of(), List.of());
    }
}
