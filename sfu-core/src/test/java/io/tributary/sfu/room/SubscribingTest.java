package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.SubscriptionFailed;
import io.tributary.sfu.room.RoomMessage.SubscriptionPermissionChanged;
import io.tributary.sfu.room.RoomMessage.TrackSubscribed;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SubscribingTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void everybodyReceivesEverythingOfOthersAndNothingOfTheirOwn() {
        world.mark();
        TrackSid camera = alice.camera();
        TrackSid microphone = bob.microphone();
        assertThat(bob.subscribes()).containsExactly(camera);
        assertThat(alice.subscribes()).containsExactly(microphone);
        assertThat(world.fresh(RoomEffect.Subscribe.class).getFirst()).satisfies(subscribe -> {
            assertThat(subscribe.publisher()).isEqualTo(alice.sid);
            assertThat(subscribe.codec()).isEqualTo(Codec.VP8);
        });
    }

    @Test
    void withoutAutoSubscribeOnlyWhatIsAskedFor() {
        var wish = wish("carol");
        wish.autoSubscribe = false;
        Guest carol = world.guest(wish);
        TrackSid camera = alice.camera();
        TrackSid microphone = alice.microphone();
        assertThat(carol.subscribes()).isEmpty();
        carol.does(new RoomIntent.UpdateSubscription(carol.sid, List.of(microphone), true));
        assertThat(carol.subscribes()).containsExactly(microphone);
        carol.does(new RoomIntent.UpdateSubscription(carol.sid, List.of(microphone), false));
        assertThat(carol.unsubscribes()).containsExactly(microphone);
        assertThat(carol.subscribes()).doesNotContain(camera);
    }

    @Test
    void theCensusCountsWhatIsReceivedOnly() {
        TrackSid camera = alice.camera();
        bob.microphone();
        assertThat(world.registry.census()).isEqualTo(new Census(1, 2, 2, 2));
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), false));
        assertThat(world.registry.census()).isEqualTo(new Census(1, 2, 2, 1));
    }

    @Test
    void unsubscribingAndAskingAgainWorks() {
        TrackSid camera = alice.camera();
        world.mark();
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), false));
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), false));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), true));
        assertThat(bob.subscribes()).containsExactly(camera);
    }

    @Test
    void aWishForAnUnknownTrackFailsAfterAMinute() {
        TrackSid unknown = new TrackSid("TR_AMnothing");
        world.mark();
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(unknown), true));
        world.advance(59_000);
        assertThat(bob.told(SubscriptionFailed.class)).isEmpty();
        world.advance(2_000);
        assertThat(bob.told(SubscriptionFailed.class))
                .containsExactly(new SubscriptionFailed(unknown, SubscriptionError.TRACK_NOT_FOUND));
        world.advance(120_000);
        assertThat(bob.told(SubscriptionFailed.class)).hasSize(1);
    }

    @Test
    void aWishForATrackStillToComeIsGrantedWhenItComes() {
        var wish = wish("carol");
        wish.autoSubscribe = false;
        Guest carol = world.guest(wish);
        TrackSid pending = alice.announces(audio("mic"));
        carol.does(new RoomIntent.UpdateSubscription(carol.sid, List.of(pending), true));
        world.advance(10_000);
        alice.negotiates("mic", Codec.OPUS, List.of());
        assertThat(carol.subscribes()).containsExactly(pending);
        world.advance(120_000);
        assertThat(carol.told(SubscriptionFailed.class)).isEmpty();
    }

    @Test
    void thePublisherLearnsOfItsFirstSubscriberOnce() {
        Guest carol = world.guest("carol");
        TrackSid camera = alice.camera();
        world.mark();
        bob.does(new RoomIntent.SubscriptionBound(bob.sid, camera));
        carol.does(new RoomIntent.SubscriptionBound(carol.sid, camera));
        assertThat(alice.told(TrackSubscribed.class)).containsExactly(new TrackSubscribed(camera));
    }

    @Test
    void aSubscriptionThatCannotBeCarriedFailsUntilAskedForAgain() {
        TrackSid camera = alice.camera();
        world.mark();
        bob.does(new RoomIntent.SubscriptionRefused(bob.sid, camera, SubscriptionError.CODEC_UNSUPPORTED));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        assertThat(bob.told(SubscriptionFailed.class))
                .containsExactly(new SubscriptionFailed(camera, SubscriptionError.CODEC_UNSUPPORTED));
        alice.microphone();
        assertThat(bob.subscribes()).doesNotContain(camera);
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), true));
        assertThat(bob.subscribes()).contains(camera);
    }

    @Test
    void aPublisherMayForbidAndAllow() {
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.SetSubscriptionPermission(alice.sid, false, List.of()));
        assertThat(bob.told(SubscriptionPermissionChanged.class))
                .containsExactly(new SubscriptionPermissionChanged(alice.sid, camera, false));
        assertThat(bob.unsubscribes()).containsExactly(camera);
        world.mark();
        alice.does(new RoomIntent.SetSubscriptionPermission(
                alice.sid,
                false,
                List.of(new TrackPermission(new ParticipantSid(""), new ParticipantIdentity("bob"), true, Set.of()))));
        assertThat(bob.told(SubscriptionPermissionChanged.class))
                .containsExactly(new SubscriptionPermissionChanged(alice.sid, camera, true));
        assertThat(bob.subscribes()).containsExactly(camera);
    }

    @Test
    void aPublisherMayAllowSingleTracksToSingleParticipants() {
        Guest carol = world.guest("carol");
        TrackSid microphone = alice.microphone();
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.SetSubscriptionPermission(
                alice.sid,
                false,
                List.of(new TrackPermission(carol.sid, new ParticipantIdentity(""), false, Set.of(microphone)))));
        assertThat(bob.unsubscribes()).containsExactlyInAnyOrder(microphone, camera);
        assertThat(carol.unsubscribes()).containsExactly(camera);
    }

    @Test
    void whatIsForbiddenFromTheStartIsNeverSent() {
        alice.does(new RoomIntent.SetSubscriptionPermission(alice.sid, false, List.of()));
        world.mark();
        TrackSid camera = alice.camera();
        assertThat(bob.subscribes()).isEmpty();
        assertThat(bob.told(SubscriptionPermissionChanged.class))
                .containsExactly(new SubscriptionPermissionChanged(alice.sid, camera, false));
    }

    @Test
    void whoMayNotSubscribeReceivesNothing() {
        var wish = wish("carol");
        wish.canSubscribe = false;
        Guest carol = world.guest(wish);
        TrackSid camera = alice.camera();
        carol.does(new RoomIntent.UpdateSubscription(carol.sid, List.of(camera), true));
        assertThat(carol.subscribes()).isEmpty();
    }
}
