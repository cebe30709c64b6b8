package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.ROOM;
import static io.tributary.sfu.room.RoomWorld.UNIX_OFFSET_MICROS;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.token.RoomName;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoomRegistryTest {
    @Test
    void theSameSeedMakesTheSameRoom() {
        assertThat(story()).isEqualTo(story()).isNotEmpty();
    }

    @Test
    void intentsFromWithinADeliveryFollowAfterIt() {
        List<RoomEffect> seen = new ArrayList<>();
        RoomRegistry[] registry = new RoomRegistry[1];
        registry[0] =
                new RoomRegistry(RoomSettings.DEFAULTS, UNIX_OFFSET_MICROS, new Random(1), () -> true, effects -> {
                    for (RoomEffect effect : effects) {
                        seen.add(effect);
                        if (effect instanceof RoomEffect.Tell(ParticipantSid to, RoomMessage.RefreshToken _)) {
                            registry[0].apply(0, ROOM, new RoomIntent.Leave(to, DisconnectReason.CLIENT_INITIATED));
                            seen.add(effect);
                        }
                    }
                });
        JoinOutcome.Admitted alice =
                (JoinOutcome.Admitted) registry[0].join(0, wish("alice").order());
        seen.clear();
        registry[0].apply(0, ROOM, new RoomIntent.JoinWritten(alice.sid()));
        assertThat(seen.get(1)).as("delivered on the spot").isEqualTo(seen.getFirst());
        assertThat(seen).anyMatch(RoomEffect.CloseParticipant.class::isInstance);
    }

    @Test
    void roomsDoNotSeeEachOther() {
        RoomWorld world = new RoomWorld();
        world.guest("alice");
        var elsewhere = wish("bob");
        elsewhere.room = "garden";
        RoomWorld.Guest bob = world.admitted(elsewhere);
        assertThat(bob.view.others()).isEmpty();
        world.mark();
        world.apply(new RoomIntent.JoinWritten(bob.sid));
        assertThat(world.fresh()).isEmpty();
        world.registry.apply(world.nowMicros, new RoomName("garden"), new RoomIntent.JoinWritten(bob.sid));
        assertThat(world.fresh()).isNotEmpty();
    }

    @Test
    void anIntentForNoRoomIsIgnored() {
        RoomWorld world = new RoomWorld();
        world.apply(new RoomIntent.Connected(new ParticipantSid("PA_nobody")));
        assertThat(world.effects).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // the bug to be contained
    void aBugEndsOnlyTheSessionItWasFor() {
        RoomWorld world = new RoomWorld();
        RoomWorld.Guest alice = world.guest("alice");
        RoomWorld.Guest bob = world.guest("bob");
        TrackRequest bug = null;
        world.mark();
        alice.does(new RoomIntent.AddTrack(alice.sid, bug));
        assertThat(world.fresh(RoomEffect.CloseParticipant.class))
                .containsExactly(new RoomEffect.CloseParticipant(alice.sid, DisconnectReason.STATE_MISMATCH));
        assertThat(world.registry.failures()).isOne();
        bob.camera();
        assertThat(world.fresh(RoomEffect.Publish.class)).hasSize(1);
    }

    @Test
    @SuppressWarnings("NullAway") // the bug to be contained
    void aBugOfNobodysEndsOnlyItsRoom() {
        RoomWorld world = new RoomWorld();
        RoomWorld.Guest alice = world.guest("alice");
        var elsewhere = wish("bob");
        elsewhere.room = "garden";
        world.admitted(elsewhere);
        RoomIntent bug = null;
        world.mark();
        world.apply(bug);
        assertThat(world.fresh(RoomEffect.CloseParticipant.class))
                .containsExactly(new RoomEffect.CloseParticipant(alice.sid, DisconnectReason.STATE_MISMATCH));
        assertThat(world.events().getLast()).isInstanceOf(RoomEvent.RoomFinished.class);
        assertThat(world.registry.size()).isOne();
    }

    private static List<RoomEffect> story() {
        RoomWorld world = new RoomWorld();
        RoomWorld.Guest alice = world.guest("alice");
        world.guest("bob");
        alice.camera();
        world.advance(20_000);
        return world.effects;
    }

    @Test
    void letsNobodyInOnceTheServerGoes() {
        RoomWorld world = new RoomWorld();
        world.guest("alice");
        world.registry.shutdown(world.nowMicros);
        assertThat(world.registry.join(world.nowMicros, wish("alice").order()))
                .isInstanceOfSatisfying(
                        JoinOutcome.Refused.class,
                        refused -> assertThat(refused.status()).isEqualTo(503));
    }
}
