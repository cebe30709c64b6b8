package io.tributary.sfu.signal;

import static livekit.LivekitRtc.SignalResponse.MessageCase.ANSWER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.JOIN;
import static livekit.LivekitRtc.SignalResponse.MessageCase.LEAVE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.MEDIA_SECTIONS_REQUIREMENT;
import static livekit.LivekitRtc.SignalResponse.MessageCase.OFFER;
import static livekit.LivekitRtc.SignalResponse.MessageCase.TRICKLE;
import static livekit.LivekitRtc.SignalResponse.MessageCase.UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.Permissions;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.MediaSectionsRequirement;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SimulcastCodec;
import org.junit.jupiter.api.Test;

/// When sessions ask for offers and answers, and what becomes of those that never come.
class NegotiationTest {
    private static final SessionDescription THREE_AND_THREE = SdpSamples.sample("chromium-single-pc-offer");

    private final SignalWorld world = new SignalWorld();

    @Test
    void asksForExactlyTheMLinesThatAreMissing() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        for (int i = 0; i < 5; i++) {
            world.cameraOf("ann-" + i);
        }
        world.advance(10);

        assertThat(requirements(bob)).singleElement().satisfies(wanted -> {
            assertThat(wanted.getNumAudios()).isZero();
            assertThat(wanted.getNumVideos()).isEqualTo(2);
        });
        bob.offers(2, with(THREE_AND_THREE, 2));

        assertThat(bob.last(ANSWER).getAnswer().getMidToTrackIdMap()).hasSize(5);
        assertThat(world.media.calls("subscribe " + bob.peer)).hasSize(5);
        world.advance(20_000);
        assertThat(requirements(bob)).hasSize(1);
        assertThat(bob.closed()).isFalse();
    }

    @Test
    void asksWithoutCountsWhereTheMLinesAreThereAlready() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        world.cameraOf("ann");
        world.advance(10);

        assertThat(requirements(bob)).singleElement().isEqualTo(MediaSectionsRequirement.getDefaultInstance());
    }

    @Test
    void asksTenMillisecondsAfterAQuietTimeAndThenAtMostEvery150() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        world.cameraOf("ann-1");
        world.advance(9);
        assertThat(requirements(bob)).isEmpty();
        world.cameraOf("ann-2");
        world.advance(1);
        assertThat(requirements(bob)).hasSize(1);
        bob.offers(2, THREE_AND_THREE);

        world.cameraOf("ann-3");
        world.advance(149);
        assertThat(requirements(bob)).hasSize(1);
        world.advance(1);
        assertThat(requirements(bob)).hasSize(2);
    }

    @Test
    void doesNotAskAgainWhileAnOfferIsOnItsWay() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        world.cameraOf("ann-1");
        world.advance(200);
        world.cameraOf("ann-2");
        world.advance(1_000);
        assertThat(requirements(bob)).hasSize(1);

        bob.offers(2, THREE_AND_THREE);

        assertThat(bob.last(ANSWER).getAnswer().getMidToTrackIdMap()).hasSize(2);
        world.advance(1_000);
        assertThat(requirements(bob)).hasSize(1);
    }

    @Test
    void sendsAClientAwayThatDoesNotOfferFor15Seconds() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        world.cameraOf("ann");
        world.advance(10 + 14_999);
        assertThat(bob.closed()).isFalse();

        world.advance(1);

        assertThat(bob.last(LEAVE).getLeave().getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
        assertThat(bob.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.STATE_MISMATCH);
        assertThat(bob.closed()).isTrue();
        assertThat(world.media.calls).contains("close " + bob.peer);
    }

    @Test
    void sendsAClientAwayThatDoesNotAnswerFor15Seconds() {
        var bob = world.dual("bob");
        world.advance(14_999);
        assertThat(bob.closed()).isFalse();

        world.advance(1);

        assertThat(bob.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.STATE_MISMATCH);
        assertThat(bob.closed()).isTrue();
    }

    @Test
    void leavesAClientAloneThatKeepsOfferingWithoutTheMLines() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.connected();
        for (int i = 0; i < 4; i++) {
            world.cameraOf("ann-" + i);
        }
        for (int id = 2; id < 10; id++) {
            world.advance(1_000);
            bob.offers(id, THREE_AND_THREE);
        }
        int asked = requirements(bob).size();
        world.advance(60_000);

        assertThat(asked).isBetween(2, 5);
        assertThat(requirements(bob)).hasSize(asked);
        assertThat(bob.closed()).isFalse();
    }

    @Test
    void answersTwoQuickOffersEachWithItsId() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.mark();
        bob.offers(2, THREE_AND_THREE);
        bob.offers(3, with(THREE_AND_THREE, 1));

        assertThat(bob.news(ANSWER))
                .extracting(answer -> answer.getAnswer().getId())
                .containsExactly(2, 3);
        assertThat(sections(bob.news(ANSWER).getLast().getAnswer().getSdp())).hasSize(8);
    }

    /// What nobody receives is not to be sent.
    @Test
    void answersTheMLineOfABackupCodecInactive() {
        SessionDescription offer = SdpSamples.sample("chromium-simulcast-publish-offer");
        var camera = SignalWorld.camera()
                .addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("vp8").setCid(SignalWorld.CAMERA_CID))
                .addSimulcastCodecs(SimulcastCodec.newBuilder().setCodec("h264"));
        var ann = world.single(
                "ann", SignalWorld.join("chromium-simulcast-publish-offer").addAddTrackRequests(camera));
        ann.says(SignalRequest.newBuilder()
                .setAddTrack(SignalWorld.camera()
                        .setCid("backup")
                        .setSid(ann.track().value())
                        .addSimulcastCodecs(
                                SimulcastCodec.newBuilder().setCodec("h264").setCid("backup"))));
        var sections = new ArrayList<>(offer.sections());
        var bundle = new ArrayList<>(offer.bundle());
        sections.add(MediaSection.builder(SectionKind.VIDEO, "backup")
                .direction(Direction.SENDONLY)
                .formats(offer.section("2").orElseThrow().formats())
                .msid(new Msid("-", "backup"))
                .rtcpMux(true)
                .build());
        bundle.add("backup");
        ann.offers(2, offer.toBuilder().sections(sections).bundle(bundle).build());

        assertThat(sections(ann.last(ANSWER).getAnswer().getSdp()))
                .filteredOn(
                        section -> section.mid().equals("2") || section.mid().equals("backup"))
                .extracting(MediaSection::direction)
                .containsExactly(Direction.RECVONLY, Direction.INACTIVE);
        assertThat(world.media.calls("publish")).hasSize(1);
    }

    @Test
    void joinsAnIceRestartAndTricklesAnew() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        String before = sections(bob.last(ANSWER).getAnswer().getSdp())
                .getFirst()
                .iceCredentials()
                .orElseThrow()
                .ufrag();
        bob.mark();
        bob.offers(2, restarted(THREE_AND_THREE));

        assertThat(world.media.calls).containsSubsequence("restartIce " + bob.peer, "setRemote " + bob.peer + " fresh");
        assertThat(sections(bob.last(ANSWER).getAnswer().getSdp())
                        .getFirst()
                        .iceCredentials()
                        .orElseThrow()
                        .ufrag())
                .isNotEqualTo(before);
        assertThat(bob.news(TRICKLE)).hasSize(1);
        bob.offers(3, restarted(THREE_AND_THREE));
        assertThat(world.media.calls("restartIce")).hasSize(1);
    }

    @Test
    void refusesAnOfferThatIsNone() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.says(SignalRequest.newBuilder()
                .setOffer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("offer")
                        .setSdp("v=1 what?")));

        assertThat(bob.last(LEAVE).getLeave().getReason()).isEqualTo(LivekitModels.DisconnectReason.STATE_MISMATCH);
        assertThat(bob.closed()).isTrue();
    }

    @Test
    void refusesAnOfferWithoutATransport() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        bob.offers(2, SessionDescription.builder("1", 1).build());

        assertThat(bob.closed()).isTrue();
    }

    @Test
    void offersATrackToAClientOfTwoConnectionsAfterTheNewsOfIt() {
        var bob = world.dual("bob");
        answersOffer(bob);
        bob.mark();
        var ann = world.cameraOf("ann");
        world.advance(200);

        assertThat(bob.news()).containsSubsequence(List.of(UPDATE, OFFER));
        assertThat(bob.last(OFFER).getOffer().getMidToTrackIdMap())
                .containsValue(ann.track().value());
        assertThat(world.media.calls("subscribe")).isEmpty();
        answersOffer(bob);
        assertThat(world.media.calls("subscribe"))
                .containsExactly("subscribe " + bob.peer + " " + ann.track().value() + " 1");
    }

    @Test
    void endsASubscriptionOfAClientOfTwoConnectionsWithANewOffer() {
        var ann = world.cameraOf("ann");
        var bob = world.dual("bob");
        answersOffer(bob);
        world.advance(200);
        if (world.media.calls("subscribe").isEmpty()) {
            answersOffer(bob);
        }
        int offers = (int) bob.heard.stream().filter(m -> m.hasOffer()).count();
        ann.says(SignalRequest.newBuilder().setLeave(LeaveRequest.getDefaultInstance()));
        world.advance(200);

        assertThat(world.media.calls("unsubscribe")).hasSize(1);
        assertThat(bob.heard.stream().filter(m -> m.hasOffer())).hasSize(offers + 1);
        assertThat(sections(bob.last(OFFER).getOffer().getSdp()).getLast().direction())
                .isEqualTo(Direction.INACTIVE);
    }

    private static void answersOffer(SignalWorld.Client client) {
        var offer = client.last(OFFER).getOffer();
        SessionDescription offered = read(offer.getSdp());
        var sections = new ArrayList<MediaSection>();
        for (MediaSection section : offered.sections()) {
            sections.add(section.toBuilder()
                    .direction(section.direction() == Direction.SENDONLY ? Direction.RECVONLY : section.direction())
                    .setup(Setup.ACTIVE)
                    .build());
        }
        client.answers(
                offer.getId(),
                offered.toBuilder().sections(sections).iceLite(false).build());
    }

    private static List<MediaSectionsRequirement> requirements(SignalWorld.Client client) {
        return client.heard.stream()
                .filter(message -> message.getMessageCase() == MEDIA_SECTIONS_REQUIREMENT)
                .map(message -> message.getMediaSectionsRequirement())
                .toList();
    }

    /// The offer with more video m-lines to receive on.
    private static SessionDescription with(SessionDescription offer, int videos) {
        var sections = new ArrayList<>(offer.sections());
        var bundle = new ArrayList<>(offer.bundle());
        for (int i = 0; i < videos; i++) {
            String mid = Integer.toString(sections.size());
            MediaSection like = offer.section("3").orElseThrow();
            sections.add(MediaSection.builder(like.kind(), mid)
                    .direction(Direction.RECVONLY)
                    .formats(like.formats())
                    .extMaps(like.extMaps())
                    .iceCredentials(like.iceCredentials().orElseThrow())
                    .fingerprint(like.fingerprints().getFirst())
                    .setup(Setup.ACTPASS)
                    .rtcpMux(true)
                    .build());
            bundle.add(mid);
        }
        return offer.toBuilder().sections(sections).bundle(bundle).build();
    }

    private static SessionDescription restarted(SessionDescription offer) {
        return offer.toBuilder()
                .sections(offer.sections().stream()
                        .map(section -> section.toBuilder()
                                .iceCredentials(new IceCredentials("fresh", "freshpasswordfreshpassword"))
                                .build())
                        .toList())
                .build();
    }

    private static List<MediaSection> sections(String sdp) {
        return read(sdp).sections();
    }

    private static SessionDescription read(String sdp) {
        return switch (SdpReader.read(sdp)) {
            case SdpReader.Parsed(SessionDescription description) -> description;
            case SdpReader.Malformed(String reason) -> throw new AssertionError(reason);
        };
    }

    /// A stopped transceiver's m-line carries no transport, and it may well be the first.
    @Test
    void readsTheTransportWhereTheFirstMLineIsRejected() {
        var bob = world.single("bob", "chromium-single-pc-offer");
        var sections = new ArrayList<>(THREE_AND_THREE.sections());
        MediaSection first = sections.getFirst();
        sections.set(
                0,
                MediaSection.builder(first.kind(), first.mid())
                        .port(0)
                        .direction(Direction.INACTIVE)
                        .formats(first.formats())
                        .build());
        bob.mark();
        bob.offers(
                2,
                THREE_AND_THREE.toBuilder()
                        .sections(sections)
                        .bundle(THREE_AND_THREE.bundle().subList(1, 7))
                        .build());

        assertThat(bob.closed()).isFalse();
        assertThat(sections(bob.news(ANSWER).getFirst().getAnswer().getSdp()))
                .hasSize(7)
                .first()
                .matches(MediaSection::rejected);
    }

    @Test
    void offersToAClientOfTwoConnectionsThatMaySubscribeOnlyLater() {
        var bob = world.with(
                "bob",
                Map.of("video", Map.of("roomJoin", true, "room", SignalWorld.ROOM.value(), "canSubscribe", false)),
                "/rtc",
                "protocol=16&sdk=js&auto_subscribe=1");
        var ann = world.cameraOf("ann");
        world.advance(1_000);
        assertThat(bob.heard.stream().filter(m -> m.hasOffer())).isEmpty();
        assertThat(bob.last(JOIN).getJoin().getSubscriberPrimary()).isFalse();

        world.lobby.administer(
                SignalWorld.ROOM,
                new RoomIntent.SetPermissions(
                        bob.identity, new Permissions(true, true, true, false, false, Set.of(), true, false, false)));
        world.advance(1_000);

        assertThat(bob.last(OFFER).getOffer().getMidToTrackIdMap())
                .containsValue(ann.track().value());
        assertThat(requirements(bob)).isEmpty();
    }
}
