package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.ROOM;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomOutcome.Present;
import io.tributary.sfu.room.RoomOutcome.Reason;
import io.tributary.sfu.room.RoomOutcome.Refused;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import org.junit.jupiter.api.Test;

/// Rooms that are ordered before anybody joins.
class CreatingTest {
    private static final RoomOrder PLAIN = new RoomOrder(ROOM, 0, 0, 0, "");

    private final RoomWorld world = new RoomWorld(new RoomSettings(false, 300, 20, 0, 1, 1_800));

    @Test
    void makesARoomOnceWithWhatWasOrdered() {
        RoomOrder order = new RoomOrder(ROOM, 60, 5, 3, "m0");
        Present first = present(order);
        world.advance(1_000);
        Present second = present(order);

        assertThat(first.created()).isTrue();
        assertThat(second.created()).isFalse();
        assertThat(second.room()).isEqualTo(first.room());
        assertThat(first.room().emptyTimeoutSeconds()).isEqualTo(60);
        assertThat(first.room().departureTimeoutSeconds()).isEqualTo(5);
        assertThat(first.room().maxParticipants()).isEqualTo(3);
        assertThat(first.room().metadata()).isEqualTo("m0");
        assertThat(world.guest("ann").view.room().sid()).isEqualTo(first.room().sid());
    }

    @Test
    void whatIsNotOrderedIsAsTheSettingsHaveIt() {
        RoomView room = present(PLAIN).room();

        assertThat(room.emptyTimeoutSeconds()).isEqualTo(300);
        assertThat(room.departureTimeoutSeconds()).isEqualTo(20);
        assertThat(room.maxParticipants()).isZero();
    }

    @Test
    void anOrderForARoomThatExistsChangesItAndTellsItsPeople() {
        present(PLAIN);
        world.guest("ann");
        world.mark();
        RoomView room = present(new RoomOrder(ROOM, 0, 0, 1, "news")).room();

        assertThat(room.maxParticipants()).isOne();
        assertThat(room.emptyTimeoutSeconds()).isEqualTo(300);
        assertThat(world.fresh(RoomEffect.Tell.class))
                .anyMatch(tell -> tell.message() instanceof RoomMessage.RoomChanged(RoomView told)
                        && told.metadata().equals("news"));
        assertThat(world.registry.join(world.nowMicros, wish("bob").order())).isInstanceOf(JoinOutcome.Refused.class);
    }

    @Test
    void aRoomThatNobodyEntersEnds() {
        present(new RoomOrder(ROOM, 60, 0, 0, ""));
        world.advance(59_999);
        assertThat(world.registry.size()).isOne();
        world.advance(1);

        assertThat(world.registry.size()).isZero();
    }

    @Test
    void whoeverOrdersAnEmptyRoomAnewIsWaitedForAnew() {
        present(PLAIN);
        RoomWorld.Guest ann = world.guest("ann");
        ann.does(new RoomIntent.Leave(ann.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(19_000);
        present(PLAIN);
        world.advance(299_000);
        assertThat(world.registry.size()).isOne();
        world.advance(1_000);

        assertThat(world.registry.size()).isZero();
    }

    @Test
    void refusesWhatCannotBeMeant() {
        assertThat(refused(new RoomOrder(new RoomName(""), 0, 0, 0, ""))).isEqualTo(Reason.INVALID);
        assertThat(refused(new RoomOrder(new RoomName("x".repeat(257)), 0, 0, 0, "")))
                .isEqualTo(Reason.INVALID);
        assertThat(refused(new RoomOrder(ROOM, -1, 0, 0, ""))).isEqualTo(Reason.INVALID);
        assertThat(refused(new RoomOrder(ROOM, 0, 0, 0, "x".repeat(512 * 1024 + 1))))
                .isEqualTo(Reason.INVALID);
        assertThat(world.registry.size()).isZero();
    }

    @Test
    void refusesMoreRoomsThanTheServerTakes() {
        present(PLAIN);

        assertThat(refused(new RoomOrder(new RoomName("garden"), 0, 0, 0, ""))).isEqualTo(Reason.FULL);
        present(PLAIN);
    }

    @Test
    void refusesRoomsForWantOfMemoryButNoneThatIsThere() {
        present(PLAIN);
        world.memoryForMore = false;

        assertThat(refused(new RoomOrder(new RoomName("garden"), 0, 0, 0, ""))).isEqualTo(Reason.FULL);
        present(PLAIN);
    }

    @Test
    void refusesWhenTheServerGoes() {
        world.registry.shutdown(world.nowMicros);

        assertThat(refused(PLAIN)).isEqualTo(Reason.CLOSING);
    }

    @Test
    void saysWhoIsInARoomTheHiddenAmongThem() {
        present(PLAIN);
        world.guest("ann");
        world.guest(wish("bob").hidden());

        assertThat(world.registry.participants(ROOM)).hasSize(2);
        assertThat(world.registry.participant(ROOM, new ParticipantIdentity("bob")))
                .hasValueSatisfying(bob -> assertThat(bob.state()).isEqualTo(ParticipantState.ACTIVE));
        assertThat(world.registry.participant(ROOM, new ParticipantIdentity("carol")))
                .isEmpty();
        assertThat(world.registry.participants(new RoomName("garden"))).isEmpty();
        assertThat(world.registry.all()).hasSize(1);
    }

    private Present present(RoomOrder order) {
        if (world.registry.create(world.nowMicros, order) instanceof Present present) {
            return present;
        }
        throw new AssertionError("no room for " + order);
    }

    private Reason refused(RoomOrder order) {
        if (world.registry.create(world.nowMicros, order) instanceof Refused(Reason reason, String _)) {
            return reason;
        }
        throw new AssertionError("a room for " + order);
    }
}
