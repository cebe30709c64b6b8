package io.tributary.sfu.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.router.MediaPlane.LocalTransport;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The offering half, with a client that accepts whatever it is asked to.
class OffererTest {
    private static final LocalTransport TRANSPORT = new LocalTransport(
            new IceCredentials("serverufrag", "serverpasswordserverpass"),
            new Fingerprint("sha-256", "AA:BB"),
            List.of(new IceCandidate("1", 2130706431, InetAddress.getLoopbackAddress(), 7882)));

    private final Offerer offerer = new Offerer(new LocalDescription(TRANSPORT, 4711, Setup.ACTPASS), 7);

    @Test
    void offersADataSectionWhereThereIsNothingToReceive() {
        assertThat(offerer.wantsOffer()).isTrue();
        Offerer.Offer offer = offerer.offer();

        assertThat(offer.id()).isEqualTo(7);
        assertThat(offer.midToTrack()).isEmpty();
        assertThat(offer.description().sections()).singleElement().satisfies(section -> {
            assertThat(section.kind()).isEqualTo(SectionKind.APPLICATION);
            assertThat(section.mid()).isEqualTo("0");
            assertThat(section.candidates()).hasSize(1);
        });
        assertThat(offer.description().iceLite()).isTrue();
        assertThat(SdpReader.read(SdpWriter.write(offer.description())))
                .isEqualTo(new SdpReader.Parsed(offer.description()));
        assertThat(offerer.wantsOffer()).isFalse();
        assertThat(offerer.awaitsAnswer()).isTrue();
    }

    @Test
    void bindsASubscriptionWithItsAnswer() {
        offerer.add(video("TR_one"));
        Offerer.Offer offer = offerer.offer();
        Offerer.Settled settled = accepted(offer);

        MediaSection section = offer.description().section("1").orElseThrow();
        assertThat(offer.midToTrack()).isEqualTo(Map.of("1", new TrackSid("TR_one")));
        assertThat(section.direction()).isEqualTo(Direction.SENDONLY);
        assertThat(section.setup()).contains(Setup.ACTPASS);
        assertThat(section.msid().orElseThrow().toString()).isEqualTo("PA_pub|TR_one TR_one");
        assertThat(section.rtxSsrc(11)).hasValue(12);
        assertThat(settled.bound()).singleElement().satisfies(bound -> {
            assertThat(bound.sending().track()).isEqualTo(new TrackSid("TR_one"));
            assertThat(bound.media().mid()).isEqualTo("1");
            assertThat(bound.media().ssrc()).isEqualTo(11);
            assertThat(bound.media().rtxSsrc()).isEqualTo(12);
            assertThat(bound.media().format().payloadType()).isEqualTo(96);
        });
        assertThat(offerer.wantsOffer()).isFalse();
    }

    @Test
    void waitsForTheAnswerBeforeItOffersAgain() {
        offerer.add(video("TR_one"));
        Offerer.Offer first = offerer.offer();
        offerer.add(audio("TR_two"));

        assertThat(offerer.wantsOffer()).isFalse();
        accepted(first);
        assertThat(offerer.wantsOffer()).isTrue();
        Offerer.Offer second = offerer.offer();
        Offerer.Settled settled = accepted(second);

        assertThat(second.id()).isEqualTo(8);
        assertThat(second.description().version())
                .isGreaterThan(first.description().version());
        assertThat(second.description().originId())
                .isEqualTo(first.description().originId());
        assertThat(second.midToTrack()).containsOnlyKeys("1", "2");
        assertThat(settled.bound()).extracting(bound -> bound.media().mid()).containsExactly("2");
    }

    @Test
    void usesAnMLineAgainOnlyAfterItRested() {
        offerer.add(video("TR_one"));
        accepted(offerer.offer());

        offerer.remove(new TrackSid("TR_one"));
        offerer.add(video("TR_two")); // the m-line has not rested yet
        Offerer.Offer resting = offerer.offer();
        accepted(resting);
        offerer.add(video("TR_three"));
        Offerer.Offer reused = offerer.offer();

        assertThat(direction(resting, "1")).isEqualTo(Direction.INACTIVE);
        assertThat(resting.description().section("1").orElseThrow().msid()).isEmpty();
        assertThat(resting.midToTrack()).isEqualTo(Map.of("2", new TrackSid("TR_two")));
        assertThat(direction(reused, "1")).isEqualTo(Direction.SENDONLY);
        assertThat(reused.midToTrack()).isEqualTo(Map.of("1", new TrackSid("TR_three"), "2", new TrackSid("TR_two")));
        assertThat(reused.description().sections()).hasSize(3);
        assertThat(accepted(reused).bound())
                .extracting(bound -> bound.sending().track().value())
                .containsExactly("TR_three");
    }

    @Test
    void neverPutsAPictureIntoASoundsMLine() {
        offerer.add(audio("TR_one"));
        accepted(offerer.offer());
        offerer.remove(new TrackSid("TR_one"));
        accepted(offerer.offer());

        offerer.add(video("TR_two"));

        assertThat(offerer.offer().midToTrack()).isEqualTo(Map.of("2", new TrackSid("TR_two")));
    }

    @Test
    void forgetsASubscriptionThatLeftWhileItsOfferWasUnderWay() {
        offerer.add(video("TR_one"));
        Offerer.Offer first = offerer.offer();
        offerer.remove(new TrackSid("TR_one"));
        Offerer.Settled settled = accepted(first);

        assertThat(settled.bound()).isEmpty();
        assertThat(offerer.wantsOffer()).isTrue();
        assertThat(direction(offerer.offer(), "1")).isEqualTo(Direction.INACTIVE);
    }

    @Test
    void aSubscriptionThatLeftBeforeItsOfferLeavesAFreeMLine() {
        offerer.add(video("TR_one"));
        offerer.remove(new TrackSid("TR_one"));
        offerer.add(video("TR_two"));

        assertThat(offerer.offer().midToTrack()).isEqualTo(Map.of("1", new TrackSid("TR_two")));
    }

    @Test
    void takesIdZeroFromClientsThatEchoNone() {
        offerer.add(video("TR_one"));
        Offerer.Offer offer = offerer.offer();

        assertThat(offerer.onAnswer(0, answer(offer, s -> s)).orElseThrow().bound())
                .hasSize(1);
    }

    @Test
    void ignoresAnAnswerToAnotherOffer() {
        offerer.add(video("TR_one"));
        Offerer.Offer offer = offerer.offer();

        assertThat(offerer.onAnswer(offer.id() - 1, answer(offer, s -> s))).isEmpty();
        assertThat(offerer.awaitsAnswer()).isTrue();
        assertThat(accepted(offer).bound()).hasSize(1);
        assertThat(offerer.onAnswer(offer.id(), answer(offer, s -> s))).isEmpty();
    }

    @Test
    void saysWhatTheClientRefused() {
        offerer.add(video("TR_one"));
        offerer.add(audio("TR_two"));
        Offerer.Offer offer = offerer.offer();
        SessionDescription answer = answer(
                offer,
                section ->
                        section.mid().equals("1") ? section.toBuilder().port(0).build() : section);
        Offerer.Settled settled = offerer.onAnswer(offer.id(), answer).orElseThrow();

        assertThat(settled.refused()).containsExactly(new TrackSid("TR_one"));
        assertThat(settled.bound())
                .extracting(bound -> bound.sending().track().value())
                .containsExactly("TR_two");
        assertThat(direction(offerer.offer(), "1")).isEqualTo(Direction.INACTIVE);
    }

    @Test
    void takesAnAnswerWithoutTheMLineForARefusal() {
        offerer.add(video("TR_one"));
        Offerer.Offer offer = offerer.offer();
        SessionDescription shorter = answer(offer, s -> s).toBuilder()
                .sections(List.of(offer.description().sections().getFirst()))
                .build();

        assertThat(offerer.onAnswer(offer.id(), shorter).orElseThrow().refused())
                .containsExactly(new TrackSid("TR_one"));
    }

    @Test
    void remembersADemandThatCameBeforeTheAnswer() {
        offerer.add(video("TR_one"));
        Offerer.Offer offer = offerer.offer();
        offerer.demand(new TrackSid("TR_one"), LayerDemand.HIGHEST);

        assertThat(accepted(offer).bound().getFirst().sending().demand()).isEqualTo(LayerDemand.HIGHEST);
    }

    private Offerer.Settled accepted(Offerer.Offer offer) {
        return offerer.onAnswer(offer.id(), answer(offer, s -> s)).orElseThrow();
    }

    /// What a client that wants everything says, after `change`.
    private static SessionDescription answer(Offerer.Offer offer, Function<MediaSection, MediaSection> change) {
        return offer.description().toBuilder()
                .sections(offer.description().sections().stream()
                        .map(section -> section.toBuilder()
                                .direction(
                                        section.direction() == Direction.SENDONLY
                                                ? Direction.RECVONLY
                                                : section.direction())
                                .build())
                        .map(change)
                        .toList())
                .build();
    }

    private static Direction direction(Offerer.Offer offer, String mid) {
        return offer.description().section(mid).orElseThrow().direction();
    }

    private static Sending video(String sid) {
        return new Sending(
                new ParticipantSid("PA_pub"), new TrackSid(sid), Codec.VP8, false, 11, 12, LayerDemand.LOWEST);
    }

    private static Sending audio(String sid) {
        return new Sending(
                new ParticipantSid("PA_pub"), new TrackSid(sid), Codec.OPUS, false, 21, 0, LayerDemand.HIGHEST);
    }
}
