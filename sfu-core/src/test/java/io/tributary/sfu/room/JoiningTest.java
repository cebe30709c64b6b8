package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.ROOM;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.Leave;
import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.ParticipantKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JoiningTest {
    private final RoomWorld world = new RoomWorld();

    @Test
    void givesPrefixedIdsAndOneTrailerPerRoom() {
        Guest alice = world.guest("alice");
        Guest bob = world.guest("bob");
        assertThat(alice.view.room().sid().value()).matches("RM_[2-9A-HJ-NP-Za-km-z]{12}");
        assertThat(alice.sid.value()).matches("PA_[2-9A-HJ-NP-Za-km-z]{12}");
        assertThat(bob.sid).isNotEqualTo(alice.sid);
        assertThat(bob.view.sifTrailer()).isEqualTo(alice.view.sifTrailer()).hasSize(43);
        assertThat(bob.view.room().createdAtMillis()).isEqualTo((RoomWorld.UNIX_OFFSET_MICROS + 1_000_000) / 1000);
    }

    @Test
    void showsEverybodyElseWithTheirTracks() {
        Guest alice = world.guest("alice");
        var camera = alice.camera();
        Guest bob = world.guest("bob");
        assertThat(bob.view.others()).singleElement().satisfies(other -> {
            assertThat(other.sid()).isEqualTo(alice.sid);
            assertThat(other.tracks()).extracting(TrackView::sid).containsExactly(camera);
        });
        assertThat(bob.view.self().state()).isEqualTo(ParticipantState.JOINING);
    }

    @Test
    void holdsEverythingBackUntilTheJoinMessageIsWritten() {
        Guest alice = world.guest("alice");
        Guest bob = world.admitted(wish("bob"));
        world.mark();
        var camera = alice.camera();
        assertThat(bob.told(RoomMessage.class)).isEmpty();
        assertThat(bob.subscribes()).isEmpty();
        bob.does(new RoomIntent.JoinWritten(bob.sid));
        assertThat(bob.told(RoomMessage.class).getFirst()).isInstanceOf(RoomMessage.RefreshToken.class);
        assertThat(bob.told(RoomMessage.class).get(1)).isInstanceOf(ParticipantsChanged.class);
        assertThat(bob.latestOf(alice).orElseThrow().tracks())
                .extracting(TrackView::sid)
                .containsExactly(camera);
        assertThat(bob.subscribes()).containsExactly(camera);
    }

    @Test
    void tellsOfThoseWhoPublishNothingTogetherAfterThreeSeconds() {
        Guest alice = world.guest("alice");
        world.advance(10_000);
        world.mark();
        Guest bob = world.guest("bob");
        Guest carol = world.guest("carol");
        world.advance(2_900);
        assertThat(alice.viewsOf(bob)).isEmpty();
        world.advance(200);
        assertThat(alice.told(ParticipantsChanged.class)).hasSize(1);
        assertThat(alice.latestOf(bob)).map(ParticipantView::state).contains(ParticipantState.ACTIVE);
        assertThat(alice.latestOf(carol)).isPresent();
        assertThat(bob.latestOf(bob)).isPresent();
    }

    @Test
    void becomesActiveOnceAndSaysSoInTheEvents() {
        Guest alice = world.guest("alice");
        alice.does(new RoomIntent.Connected(alice.sid));
        assertThat(world.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("RoomStarted", "ParticipantJoined");
    }

    @Test
    void leavesWhoNeverConnects() {
        Guest alice = world.admitted(wish("alice"));
        alice.does(new RoomIntent.JoinWritten(alice.sid));
        world.advance(59_000);
        assertThat(alice.told(Leave.class)).isEmpty();
        world.advance(2_000);
        assertThat(alice.told(Leave.class))
                .containsExactly(new Leave(LeaveAction.DISCONNECT, DisconnectReason.JOIN_FAILURE));
        assertThat(world.fresh(RoomEffect.CloseParticipant.class)).hasSize(1);
        assertThat(world.events().getLast()).isInstanceOf(RoomEvent.ParticipantConnectionAborted.class);
    }

    @Test
    void refusesInLiveKitsWords() {
        var noJoin = wish("a");
        noJoin.roomJoin = false;
        var nobody = wish("");
        var longName = wish("i".repeat(257));
        var nowhere = wish("a");
        nowhere.room = "";
        var chatty = wish("a");
        chatty.canUpdateMetadata = false;
        chatty.attributes = Map.of("k", "v");
        assertThat(world.registry.join(0, noJoin.order())).isEqualTo(refused(401, "permissions denied"));
        assertThat(world.registry.join(0, nobody.order())).isEqualTo(refused(400, "identity cannot be empty"));
        assertThat(world.registry.join(0, longName.order()))
                .extracting(outcome -> ((JoinOutcome.Refused) outcome).status())
                .isEqualTo(400);
        assertThat(world.registry.join(0, nowhere.order())).isEqualTo(refused(400, "no room name"));
        assertThat(world.registry.join(0, chatty.order())).isEqualTo(refused(401, "permissions denied"));
        assertThat(world.registry.size()).isZero();
    }

    @Test
    void createsARoomOnlyWhereThatIsAllowed() {
        RoomWorld strict = new RoomWorld(new RoomSettings(false, 300, 20, 0, 0, 1_800));
        assertThat(strict.registry.join(0, wish("alice").order()))
                .isEqualTo(refused(404, "requested room does not exist"));
        var creator = wish("alice");
        creator.roomCreate = true;
        strict.guest(creator);
        assertThat(strict.registry.refusal(strict.nowMicros, wish("bob").order()))
                .isEmpty();
    }

    @Test
    void refusesMoreThanItsParticipantsButCountsNoAgentsAndNoReplacedSession() {
        RoomWorld small = new RoomWorld(new RoomSettings(true, 300, 20, 2, 0, 1_800));
        small.guest("alice");
        small.guest("bob");
        assertThat(small.registry.join(small.nowMicros, wish("carol").order()))
                .extracting(outcome -> ((JoinOutcome.Refused) outcome).status())
                .isEqualTo(503);
        assertThat(small.registry.refusal(small.nowMicros, wish("carol").order()))
                .isEmpty();
        small.guest("bob");
        var agent = wish("agent");
        agent.kind = ParticipantKind.AGENT;
        small.guest(agent);
    }

    @Test
    void refusesMoreRoomsThanConfigured() {
        RoomWorld one = new RoomWorld(new RoomSettings(true, 300, 20, 0, 1, 1_800));
        one.guest("alice");
        var elsewhere = wish("bob");
        elsewhere.room = "garden";
        assertThat(one.registry.join(0, elsewhere.order()))
                .isEqualTo(refused(503, "node has exceeded its configured limit"));
        assertThat(one.guest("bob").view.room().name()).isEqualTo(ROOM);
    }

    @Test
    void refusesNewcomersForWantOfMemoryButNobodyWhoComesBack() {
        world.guest("alice");
        Guest bob = world.guest("bob");
        world.admitted(wish("carol")); // and never connected so far
        bob.does(new RoomIntent.Leave(bob.sid, DisconnectReason.CLIENT_INITIATED));
        world.memoryForMore = false;

        for (String known : List.of("alice", "bob", "carol")) {
            assertThat(world.registry.refusal(world.nowMicros, wish(known).order()))
                    .as(known)
                    .isEmpty();
            world.admitted(wish(known));
        }
        var elsewhere = wish("alice");
        elsewhere.room = "garden";
        for (JoinOrder order : List.of(wish("dave").order(), elsewhere.order())) {
            assertThat(world.registry.join(world.nowMicros, order))
                    .isEqualTo(new JoinOutcome.Refused(503, "the server has no memory left for more", 5));
        }
        assertThat(world.registry.size()).isOne();

        world.memoryForMore = true;
        world.guest("dave");
    }

    @Test
    void takesMetadataAndAttributesOfTheJoin() {
        var wish = wish("alice");
        wish.metadata = "hello";
        wish.attributes = Map.of("k", "v");
        assertThat(world.guest(wish).view.self()).satisfies(self -> {
            assertThat(self.metadata()).isEqualTo("hello");
            assertThat(self.attributes()).containsEntry("k", "v");
        });
    }

    private static JoinOutcome refused(int status, String body) {
        return new JoinOutcome.Refused(status, body);
    }
}
