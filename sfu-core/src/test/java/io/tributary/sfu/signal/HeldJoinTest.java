package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.JOIN;
import static livekit.LivekitRtc.SignalResponse.MessageCase.REQUEST_RESPONSE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.room.RoomOutcome;
import io.tributary.sfu.token.DoorClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import org.junit.jupiter.api.Test;

/// People with tokens of the Matrix door, on a server where plain tokens make rooms: they make none, wait a little for
/// one, and while they only watch, nobody sees them.
class HeldJoinTest {
    private static final int NOT_FOUND = 404;

    private final SignalWorld world = new SignalWorld();

    @Test
    void waitsForItsRoomAndIsInOnceItIsThere() {
        var bob = watcher("bob");
        world.advance(2_900);
        assertThat(bob.refusalStatus()).isZero();
        assertThat(bob.heard).isEmpty();

        createRoom();

        assertThat(bob.news()).startsWith(JOIN);
        assertThat(world.lobby.counters().holds(HoldOutcome.ROOM_CAME)).isOne();
        assertThat(world.lobby.counters().holding()).isZero();
    }

    @Test
    void isInAsSoonAsSomebodyElseMakesTheRoomByJoining() {
        var bob = watcher("bob");
        world.cameraOf("ann");

        assertThat(bob.news()).startsWith(JOIN);
    }

    @Test
    void isRefusedAfterThreeSecondsAsIfItHadNeverWaited() {
        var bob = watcher("bob");
        world.advance(2_999);
        assertThat(bob.refusalStatus()).isZero();
        world.advance(1);

        assertThat(bob.refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(world.lobby.counters().refusals(JoinRefusal.NO_SUCH_ROOM)).isOne();
        assertThat(world.lobby.counters().holds(HoldOutcome.EXPIRED)).isOne();
        createRoom();
        assertThat(bob.heard).isEmpty();
    }

    @Test
    void makesNoRoomEvenWithAFullToken() {
        var ann = world.with("ann", door(true), "/rtc", "protocol=16");
        world.advance(3_000);

        assertThat(ann.refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(world.events).isEmpty();
    }

    @Test
    void makesNoRoomWhateverGrantsItCarries() {
        var greedy = Map.<String, Object>of(
                "tributary",
                DoorClaim.fresh(world.startMillis() / 1000, Map.of(), Optional.empty()),
                "video",
                Map.of("roomJoin", true, "roomCreate", true, "roomAdmin", true, "room", SignalWorld.ROOM.value()));
        var bob = world.with("bob", greedy, "/rtc", "protocol=16");
        world.advance(3_000);

        assertThat(bob.refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(world.events).isEmpty();
    }

    @Test
    void onlyTheLastOfSeveralAttemptsOfOneParticipantWaits() {
        var first = watcher("bob");
        var second = watcher("bob");

        assertThat(first.refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(second.refusalStatus()).isZero();
        createRoom();
        assertThat(second.news()).startsWith(JOIN);
    }

    @Test
    void noMoreThanAThousandWait() {
        List<SignalWorld.Client> crowd = new ArrayList<>();
        for (int i = 0; i < HeldJoins.MOST_HELD; i++) {
            crowd.add(watcher("guest-" + i));
        }
        assertThat(world.lobby.counters().holding()).isEqualTo(HeldJoins.MOST_HELD);
        assertThat(watcher("one-more").refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(world.lobby.counters().holds(HoldOutcome.TOO_MANY)).isOne();

        world.advance(3_000);

        assertThat(crowd).allSatisfy(guest -> assertThat(guest.refusalStatus()).isEqualTo(NOT_FOUND));
        assertThat(world.lobby.counters().holding()).isZero();
    }

    /// Each device is a participant, and anybody may have as many as they like.
    @Test
    void noMoreThanTenOfOneUserWait() {
        for (int i = 0; i < HeldJoins.MOST_HELD_OF_USER; i++) {
            assertThat(device("@mallory:example.org", i).refusalStatus()).isZero();
        }
        assertThat(device("@mallory:example.org", 10).refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(device("@bob:example.org", 10).refusalStatus()).isZero();
        assertThat(world.lobby.counters().holds(HoldOutcome.TOO_MANY)).isOne();

        world.advance(3_000);
        assertThat(device("@mallory:example.org", 11).refusalStatus()).isZero();
    }

    @Test
    void noMoreThanEightMebibytesWait() {
        String padding = "x".repeat(1 << 20);
        for (int i = 0; i < 7; i++) {
            assertThat(watcher("guest-" + i, padding).refusalStatus()).isZero();
        }
        assertThat(watcher("large", padding).refusalStatus()).isEqualTo(NOT_FOUND);
        assertThat(watcher("small").refusalStatus()).isZero();

        world.advance(3_000);
        assertThat(watcher("large", padding).refusalStatus()).isZero();
    }

    @Test
    void nobodyWaitsWhenMemoryIsShort() {
        world.memoryForMore = false;

        assertThat(watcher("bob").refusalStatus()).isEqualTo(503);
        assertThat(world.lobby.counters().holding()).isZero();
    }

    @Test
    void areSentAwayWhenTheServerGoes() {
        var bob = watcher("bob");
        world.lobby.shutdown();
        world.settle();

        assertThat(bob.refusalStatus()).isEqualTo(503);
    }

    @Test
    void aPlainTokenDoesNotWait() {
        createRoom();
        world.lobby.administration().delete(SignalWorld.ROOM);
        world.settle();
        var bob = watcher("bob");
        assertThat(world.lobby.counters().holding()).isOne();
        world.advance(3_000);
        assertThat(bob.refusalStatus()).isEqualTo(NOT_FOUND);

        assertThat(world.cameraOf("ann").news()).startsWith(JOIN);
    }

    @Test
    void aWatcherIsSeenByNobodyAndPublishesNothing() {
        var ann = world.cameraOf("ann");
        ann.mark();
        var bob = watcher("bob");
        bob.connected();
        world.advance(10_000);

        assertThat(ann.news(UPDATE)).isEmpty();
        assertThat(bob.last(JOIN).getJoin().getOtherParticipantsList()).hasSize(1);
        bob.mark();
        bob.says(SignalRequest.newBuilder().setAddTrack(SignalWorld.microphone()));
        assertThat(bob.news(REQUEST_RESPONSE))
                .singleElement()
                .satisfies(answer -> assertThat(answer.getRequestResponse().getReason())
                        .isEqualTo(LivekitRtc.RequestResponse.Reason.NOT_ALLOWED));
        bob.says(SignalRequest.newBuilder()
                .setUpdateMetadata(LivekitRtc.UpdateParticipantMetadata.newBuilder()
                        .setRequestId(7)
                        .setName("look at me")
                        .putAttributes("hand", "raised")));
        world.advance(10_000);
        assertThat(ann.news(UPDATE)).isEmpty();
    }

    @Test
    void aPublisherOfTheDoorIsSeen() {
        var ann = world.cameraOf("ann");
        ann.mark();
        var bob = world.with("bob", door(true), "/rtc", "protocol=16");
        bob.connected();
        world.advance(10_000);

        assertThat(ann.news(UPDATE)).isNotEmpty();
    }

    @Test
    void aRenewedTokenStaysWhatItWas() {
        createRoom();
        var bob = watcher("bob");

        var renewed = bob.token();
        assertThat(renewed.door()).contains(new DoorClaim(world.startMillis() / 1000, "", true, Optional.empty()));
        assertThat(renewed.video().canPublish()).isFalse();
        assertThat(renewed.video().canPublishData()).isFalse();
        assertThat(renewed.video().hidden()).isTrue();
        assertThat(renewed.video().roomCreate()).isFalse();
        assertThat(renewed.video().room()).isEqualTo(SignalWorld.ROOM.value());
        world.lobby.administration().delete(SignalWorld.ROOM);
        world.settle();
        var again = world.with("bob", renewed.claims(), "/rtc", "protocol=16");
        world.advance(3_000);
        assertThat(again.refusalStatus()).isEqualTo(NOT_FOUND);
    }

    /// A server that was restarted knows no rooms, and clients fetch no other token for a call that they are in.
    @Test
    void aRenewedFullTokenBringsItsRoomBackAndAFreshOneDoesNot() {
        createRoom();
        Map<String, Object> fresh = door(true, Optional.of(new DoorClaim.Remake(300, 15, 7)));
        var ann = world.with("ann", fresh, "/rtc", "protocol=16");
        var bob = watcher("bob");
        var restarted = new SignalWorld();
        var early = restarted.with("carol", fresh, "/rtc", "protocol=16");
        restarted.advance(3_000);
        assertThat(early.refusalStatus()).isEqualTo(NOT_FOUND);

        var bobAgain = restarted.with("bob", bob.token().claims(), "/rtc", "protocol=16");
        assertThat(bobAgain.heard).isEmpty();
        var annAgain = restarted.with("ann", ann.token().claims(), "/rtc", "protocol=16");

        assertThat(annAgain.news()).startsWith(JOIN);
        assertThat(bobAgain.news()).startsWith(JOIN);
        var rooms = restarted.lobby.administration().rooms(List.of(SignalWorld.ROOM));
        restarted.settle();
        assertThat(rooms.toCompletableFuture().join()).singleElement().satisfies(room -> {
            assertThat(room.departureTimeoutSeconds()).isEqualTo(15);
            assertThat(room.maxParticipants()).isEqualTo(7);
        });
    }

    @Test
    void aTokenThatWasNeverUsedIsTooOldAfterHalfAnHour() {
        createRoom();
        Map<String, Object> claims = door(false);
        world.cameraOf("ann");
        world.advance(30 * 60_000);
        assertThat(world.with("bob", claims, "/rtc", "protocol=16").news()).startsWith(JOIN);
        world.advance(1_000);

        assertThat(world.with("carol", claims, "/rtc", "protocol=16").refusalStatus())
                .isEqualTo(401);
    }

    @Test
    void whoHasBeenInTheRoomComesBackWithAnyTokenInDate() {
        world.cameraOf("ann");
        Map<String, Object> claims = door(false);
        var bob = world.with("bob", claims, "/rtc", "protocol=16");
        bob.connected();
        world.advance(40 * 60_000);
        bob.hangsUp(1006);

        assertThat(world.with("bob", claims, "/rtc", "protocol=16").news()).startsWith(JOIN);
        assertThat(world.with("bob", bob.token().claims(), "/rtc", "protocol=16")
                        .news())
                .startsWith(JOIN);
    }

    private SignalWorld.Client watcher(String identity) {
        return watcher(identity, "");
    }

    private SignalWorld.Client watcher(String identity, String padding) {
        return world.with(identity, door(false), "/rtc", "protocol=16&unknown=" + padding);
    }

    private SignalWorld.Client device(String user, int device) {
        return world.with(
                user + ":" + device, door(Map.of("user", user), false, Optional.empty()), "/rtc", "protocol=16");
    }

    private Map<String, Object> door(boolean canPublish) {
        return door(canPublish, Optional.empty());
    }

    private Map<String, Object> door(boolean canPublish, Optional<DoorClaim.Remake> remake) {
        return door(Map.of("hs", "example.org"), canPublish, remake);
    }

    private Map<String, Object> door(
            Map<String, String> holder, boolean canPublish, Optional<DoorClaim.Remake> remake) {
        return Map.of(
                DoorClaim.NAME,
                DoorClaim.fresh(world.startMillis() / 1000, holder, remake),
                "video",
                Map.of(
                        "roomJoin",
                        true,
                        "room",
                        SignalWorld.ROOM.value(),
                        "roomCreate",
                        false,
                        "canPublish",
                        canPublish,
                        "canSubscribe",
                        true,
                        "canUpdateOwnMetadata",
                        true));
    }

    private void createRoom() {
        var outcome = world.lobby.administration().create(new RoomOrder(SignalWorld.ROOM, 300, 20, 0, ""));
        world.settle();
        assertThat(outcome.toCompletableFuture()).isCompletedWithValueMatching(RoomOutcome.Present.class::isInstance);
    }
}
