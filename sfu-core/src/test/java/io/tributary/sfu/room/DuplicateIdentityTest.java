package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.Leave;
import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.room.RoomWorld.Guest;
import org.junit.jupiter.api.Test;

class DuplicateIdentityTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest old = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void sendsTheOldSessionAwayBeforeTheNewOneJoins() {
        world.mark();
        Guest young = world.admitted(wish("alice"));
        assertThat(old.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.DUPLICATE_IDENTITY));
        assertThat(young.sid).isNotEqualTo(old.sid);
        assertThat(young.view.others()).extracting(ParticipantView::sid).containsExactly(bob.sid);
    }

    @Test
    void othersSeeTheNewSessionAtOnceAndNeverTheOldOneLeave() {
        old.camera();
        world.mark();
        Guest young = world.guest("alice");
        assertThat(bob.viewsOf(young)).isNotEmpty();
        world.advance(10_000);
        assertThat(bob.viewsOf(old)).isEmpty();
    }

    @Test
    void endsTheTracksOfTheOldSession() {
        var camera = old.camera();
        world.mark();
        world.guest("alice");
        assertThat(bob.unsubscribes()).containsExactly(camera);
        assertThat(world.events()).last().isInstanceOf(RoomEvent.ParticipantJoined.class);
        assertThat(world.events().stream().filter(RoomEvent.ParticipantLeft.class::isInstance))
                .singleElement()
                .satisfies(event -> assertThat(((RoomEvent.ParticipantLeft) event)
                                .participant()
                                .disconnectReason())
                        .isEqualTo(DisconnectReason.DUPLICATE_IDENTITY));
    }

    @Test
    void lateNewsOfTheOldSessionIsIgnored() {
        Guest young = world.guest("alice");
        world.advance(10_000);
        world.mark();
        old.does(new RoomIntent.PeerLost(old.sid, DisconnectReason.CONNECTION_TIMEOUT));
        old.does(new RoomIntent.Leave(old.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(10_000);
        assertThat(world.fresh(RoomEffect.CloseParticipant.class)).isEmpty();
        assertThat(bob.viewsOf(old)).isEmpty();
        assertThat(young.told(Leave.class)).isEmpty();
    }

    @Test
    void aDepartureStillUntoldReachesOthersBeforeTheReturn() {
        world.advance(5_000);
        old.does(new RoomIntent.Leave(old.sid, DisconnectReason.CLIENT_INITIATED));
        world.mark();
        Guest young = world.guest("alice");
        young.camera();
        world.advance(5_000);
        var told = bob.told(ParticipantsChanged.class).stream()
                .flatMap(changed -> changed.participants().stream())
                .map(ParticipantView::sid)
                .filter(sid -> sid.equals(old.sid) || sid.equals(young.sid))
                .toList();
        assertThat(told.getFirst()).isEqualTo(old.sid);
        assertThat(told.subList(1, told.size())).containsOnly(young.sid);
    }

    @Test
    void theNewSessionHearsNothingOfTheOldOne() {
        world.advance(5_000);
        old.does(new RoomIntent.Leave(old.sid, DisconnectReason.CLIENT_INITIATED));
        world.mark();
        Guest young = world.guest("alice");
        world.advance(5_000);
        assertThat(young.viewsOf(old)).isEmpty();
    }

    @Test
    void othersLearnOfTheEndOfAReplacementThatNeverGotIn() {
        Guest replacement = world.admitted(wish("alice"));
        world.mark();
        replacement.does(new RoomIntent.PeerLost(replacement.sid, DisconnectReason.STATE_MISMATCH));
        world.advance(3_000);
        assertThat(bob.latestOf(replacement))
                .hasValueSatisfying(view -> assertThat(view.state()).isEqualTo(ParticipantState.DISCONNECTED));
    }
}
