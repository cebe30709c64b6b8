package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.ANSWER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.JOIN;
import static livekit.LivekitRtc.SignalResponse.MessageCase.LEAVE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.OFFER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.REFRESH_TOKEN;
import static livekit.LivekitRtc.SignalResponse.MessageCase.TRACK_PUBLISHED;
import static livekit.LivekitRtc.SignalResponse.MessageCase.TRICKLE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.SdpSamples;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalTarget;
import org.junit.jupiter.api.Test;

/// What a client hears first, and in which order.
class SessionStartTest {
    private final SignalWorld world = new SignalWorld();

    @Test
    void aPublisherHearsOfItsTrackBeforeTheAnswerThatCarriesIt() {
        var ann = world.single(
                "ann",
                SignalWorld.join("chromium-simulcast-publish-offer")
                        .addAddTrackRequests(SignalWorld.microphone())
                        .addAddTrackRequests(SignalWorld.camera()));

        assertThat(ann.news())
                .startsWith(JOIN, REFRESH_TOKEN)
                .containsSubsequence(List.of(TRACK_PUBLISHED, TRACK_PUBLISHED, UPDATE, ANSWER, TRICKLE));
        assertThat(ann.news(REFRESH_TOKEN)).hasSize(1);
        assertThat(ann.last(JOIN).getJoin().getSubscriberPrimary()).isFalse();
        assertThat(ann.last(ANSWER).getAnswer().getId()).isEqualTo(1);
        assertThat(ann.last(TRICKLE).getTrickle().getTarget()).isEqualTo(SignalTarget.PUBLISHER);
        assertThat(ann.last(TRICKLE).getTrickle().getFinal()).isTrue();
        assertThat(world.media.calls("publish")).hasSize(2);
    }

    @Test
    void aNewcomerIsAnsweredWithEveryTrackThatItsOfferHasRoomFor() {
        var ann = world.cameraOf("ann");
        var bob = world.single("bob", "chromium-single-pc-offer");

        assertThat(bob.last(JOIN).getJoin().getOtherParticipantsList())
                .singleElement()
                .satisfies(other -> assertThat(other.getTracksList())
                        .extracting(track -> track.getSid())
                        .containsExactly(ann.track().value()));
        assertThat(bob.last(ANSWER).getAnswer().getMidToTrackIdMap())
                .containsExactly(Map.entry("3", ann.track().value()));
        assertThat(world.media.calls("subscribe"))
                .containsExactly("subscribe " + bob.peer + " " + ann.track().value() + " 3");
    }

    @Test
    void aClientOfTwoConnectionsIsOfferedItsSubscriberAtOnce() {
        var ann = world.dual("ann");

        assertThat(ann.news()).containsExactly(JOIN, REFRESH_TOKEN, OFFER, TRICKLE);
        assertThat(ann.last(JOIN).getJoin().getSubscriberPrimary()).isTrue();
        assertThat(ann.last(OFFER).getOffer().getId()).isPositive();
        assertThat(ann.last(TRICKLE).getTrickle().getTarget()).isEqualTo(SignalTarget.SUBSCRIBER);
        assertThat(world.media.calls("open")).hasSize(2);
    }

    @Test
    void aSubscriberlessClientOfTwoConnectionsHasOnlyOne() {
        var ann = world.with(
                "ann",
                Map.of("video", Map.of("roomJoin", true, "room", SignalWorld.ROOM.value(), "canSubscribe", false)),
                "/rtc",
                "protocol=16");

        assertThat(ann.last(JOIN).getJoin().getSubscriberPrimary()).isFalse();
        assertThat(ann.news()).doesNotContain(OFFER);
        assertThat(world.media.calls("open")).hasSize(1);
    }

    @Test
    void whoWantsToResumeIsToldToJoinAnew() {
        world.cameraOf("ann");
        var back = world.with("ann", Map.of(), "/rtc", "protocol=16&reconnect=1&sid=PA_x");

        assertThat(back.news()).containsExactly(LEAVE);
        LeaveRequest leave = back.last(LEAVE).getLeave();
        assertThat(leave.getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(leave.getReason()).isEqualTo(DisconnectReason.STATE_MISMATCH);
        assertThat(back.closed()).isTrue();
        assertThat(world.media.calls("open")).hasSize(1);
    }

    @Test
    void aSecondSessionOfAnIdentityEndsTheFirst() {
        var first = world.cameraOf("ann");
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        world.advance(4_000);
        bob.mark();
        var second = world.cameraOf("ann");
        world.advance(4_000);

        assertThat(first.last(LEAVE).getLeave().getReason()).isEqualTo(DisconnectReason.DUPLICATE_IDENTITY);
        assertThat(first.last(LEAVE).getLeave().getAction()).isEqualTo(LeaveRequest.Action.DISCONNECT);
        assertThat(first.closed()).isTrue();
        assertThat(world.media.calls("close")).containsExactly("close " + first.peer);
        assertThat(second.closed()).isFalse();
        assertThat(bob.news(UPDATE))
                .flatExtracting(update -> update.getUpdate().getParticipantsList())
                .filteredOn(participant -> participant.getIdentity().equals("ann"))
                .isNotEmpty()
                .allMatch(participant -> participant.getSid().equals(second.sid()));
    }

    @Test
    void whoIsRefusedHearsWhyInPlainHttp() {
        var nobody = world.with("ann", Map.of("video", Map.of("room", "kitchen")), "/rtc", "");
        var empty = world.with("ann", Map.of(), "/rtc/v1", "");

        assertThat(nobody.refusalStatus()).isEqualTo(401);
        assertThat(empty.refusalStatus()).isEqualTo(400);
        assertThat(world.media.calls).isEmpty();
    }

    @Test
    void whoIsRefusedForWantOfMemoryHearsWhenToComeBack() {
        world.dual("ann");
        world.memoryForMore = false;

        var bob = world.dual("bob");
        var annAgain = world.dual("ann");

        assertThat(bob.refusalStatus()).isEqualTo(503);
        assertThat(bob.retryAfter()).isEqualTo("5");
        assertThat(annAgain.refusalStatus()).isZero();
        assertThat(world.lobby.counters().refusals(JoinRefusal.NO_MEMORY)).isOne();
        assertThat(world.lobby.counters().refusals(JoinRefusal.FULL)).isZero();
    }

    @Test
    void everybodyIsSentElsewhereWhenTheServerGoes() {
        var ann = world.cameraOf("ann");
        var bob = world.dual("bob");

        world.lobby.shutdown();
        world.settle();

        for (var client : List.of(ann, bob)) {
            SignalResponse last = client.heard.getLast();
            assertThat(last.getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
            assertThat(last.getLeave().getReason()).isEqualTo(DisconnectReason.SERVER_SHUTDOWN);
            assertThat(client.closed()).isTrue();
        }
        assertThat(world.media.calls("close")).hasSize(3);
    }

    /// Firefox makes up a track id at times, and goes back to the real one.
    @Test
    void keepsATrackWhoseIdChangesBackToWhatWasAskedFor() {
        var ann = world.single(
                "ann",
                SignalWorld.join("chromium-simulcast-publish-offer")
                        .addAddTrackRequests(SignalWorld.camera().setCid("asked")));
        assertThat(world.media.calls("publish")).hasSize(1);

        var offer = SdpSamples.sample("chromium-simulcast-publish-offer");
        ann.offers(
                2,
                offer.toBuilder()
                        .sections(offer.sections().stream()
                                .map(section -> section.msid().isPresent()
                                        ? section.toBuilder()
                                                .msid(new Msid("-", "asked"))
                                                .build()
                                        : section)
                                .toList())
                        .build());

        assertThat(world.media.calls("unpublish")).isEmpty();
    }
}
