package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.Leave;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.ParticipantKind;
import org.junit.jupiter.api.Test;

class LeavingTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void tellsOthersOfAPublisherAtOnce() {
        var camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.CLIENT_INITIATED));
        assertThat(bob.latestOf(alice)).hasValueSatisfying(view -> {
            assertThat(view.state()).isEqualTo(ParticipantState.DISCONNECTED);
            assertThat(view.disconnectReason()).isEqualTo(DisconnectReason.CLIENT_INITIATED);
            assertThat(view.tracks()).isEmpty();
        });
        assertThat(bob.unsubscribes()).containsExactly(camera);
    }

    @Test
    void tellsOthersOfAListenerWithinThreeSeconds() {
        world.advance(5_000);
        world.mark();
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        assertThat(bob.viewsOf(alice)).isEmpty();
        world.advance(3_000);
        assertThat(bob.latestOf(alice)).map(ParticipantView::state).contains(ParticipantState.DISCONNECTED);
    }

    @Test
    void tellsTheDepartedNothingAnyMore() {
        bob.microphone();
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        world.mark();
        bob.camera();
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(20_000);
        assertThat(alice.told(RoomMessage.class)).isEmpty();
    }

    @Test
    void orderOfEventsIsTracksThenParticipantWithItsReason() {
        alice.microphone();
        alice.does(new RoomIntent.PeerLost(alice.sid, DisconnectReason.CONNECTION_TIMEOUT));
        var events = world.events();
        assertThat(events.get(events.size() - 2)).isInstanceOf(RoomEvent.TrackUnpublished.class);
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        RoomEvent.ParticipantLeft.class,
                        left -> assertThat(left.participant().disconnectReason())
                                .isEqualTo(DisconnectReason.CONNECTION_TIMEOUT));
    }

    @Test
    void sendsWhoLostItsMediaToConnectAnew() {
        world.mark();
        alice.does(new RoomIntent.PeerLost(alice.sid, DisconnectReason.CONNECTION_TIMEOUT));
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.RECONNECT, DisconnectReason.CONNECTION_TIMEOUT));
    }

    @Test
    void aLostSocketEndsOnlyWhoWasNeverConnected() {
        Guest carol = world.admitted(wish("carol"));
        carol.does(new RoomIntent.JoinWritten(carol.sid));
        world.mark();
        alice.does(new RoomIntent.SignalLost(alice.sid));
        assertThat(world.fresh(RoomEffect.CloseParticipant.class)).isEmpty();
        carol.does(new RoomIntent.SignalLost(carol.sid));
        assertThat(world.fresh(RoomEffect.CloseParticipant.class))
                .containsExactly(new RoomEffect.CloseParticipant(carol.sid, DisconnectReason.SIGNAL_CLOSE));
    }

    @Test
    void removedParticipantsLearnWhy() {
        world.mark();
        world.apply(new RoomIntent.RemoveParticipant(alice.identity));
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.PARTICIPANT_REMOVED));
    }

    @Test
    void theRoomOutlivesItsLastParticipantByTheDepartureTimeout() {
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        bob.does(new RoomIntent.Leave(bob.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(19_000);
        assertThat(world.registry.size()).isOne();
        world.advance(2_000);
        assertThat(world.registry.size()).isZero();
        assertThat(world.events().getLast()).isInstanceOf(RoomEvent.RoomFinished.class);
        assertThat(world.guest("alice").view.room().sid())
                .isNotEqualTo(bob.view.room().sid());
    }

    @Test
    void aReturnWithinTheTimeoutKeepsTheRoom() {
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        bob.does(new RoomIntent.Leave(bob.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(15_000);
        Guest again = world.guest("alice");
        world.advance(60_000);
        assertThat(again.view.room().sid()).isEqualTo(alice.view.room().sid());
        assertThat(world.registry.size()).isOne();
    }

    @Test
    void aRoomNobodyEverEnteredLivesForTheEmptyTimeout() {
        RoomWorld fresh = new RoomWorld();
        Guest shy = fresh.admitted(wish("shy"));
        shy.does(new RoomIntent.JoinWritten(shy.sid));
        shy.does(new RoomIntent.SignalLost(shy.sid));
        fresh.advance(299_000);
        assertThat(fresh.registry.size()).isOne();
        fresh.advance(2_000);
        assertThat(fresh.registry.size()).isZero();
    }

    @Test
    void agentsDoNotKeepARoomOpen() {
        var wish = wish("agent");
        wish.kind = ParticipantKind.AGENT;
        Guest agent = world.guest(wish);
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        bob.does(new RoomIntent.Leave(bob.sid, DisconnectReason.CLIENT_INITIATED));
        world.mark();
        world.advance(21_000);
        assertThat(agent.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.ROOM_CLOSED));
        assertThat(world.registry.size()).isZero();
    }

    @Test
    void aDeletedRoomSendsEverybodyAway() {
        alice.camera();
        world.mark();
        world.apply(new RoomIntent.CloseRoom(DisconnectReason.ROOM_DELETED));
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.ROOM_DELETED));
        assertThat(bob.told(Leave.class)).hasSize(1);
        assertThat(world.registry.size()).isZero();
        assertThat(world.registry.nextDeadlineMicros()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aServerThatGoesAsksToReconnect() {
        world.mark();
        world.registry.shutdown(world.nowMicros);
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.RECONNECT, DisconnectReason.SERVER_SHUTDOWN));
    }

    @Test
    void countsArriveAtMostEveryFiveSeconds() {
        world.mark();
        world.advance(5_000);
        assertThat(bob.told(RoomMessage.RoomChanged.class))
                .singleElement()
                .satisfies(changed -> assertThat(changed.room().participants()).isEqualTo(2));
        world.mark();
        Guest carol = world.guest("carol");
        carol.camera();
        world.advance(4_900);
        assertThat(bob.told(RoomMessage.RoomChanged.class)).isEmpty();
        world.advance(200);
        assertThat(bob.told(RoomMessage.RoomChanged.class)).singleElement().satisfies(changed -> {
            assertThat(changed.room().participants()).isEqualTo(3);
            assertThat(changed.room().publishers()).isEqualTo(1);
        });
        world.advance(60_000);
        world.mark();
        carol.does(new RoomIntent.Leave(carol.sid, DisconnectReason.CLIENT_INITIATED));
        assertThat(bob.told(RoomMessage.RoomChanged.class)).hasSize(1);
    }
}
