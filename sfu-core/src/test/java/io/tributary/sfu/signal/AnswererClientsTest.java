package io.tributary.sfu.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.router.MediaPlane.LocalTransport;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.RtpFormat;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The answering half with clients other than Chromium, and with offers that follow each other.
class AnswererClientsTest {
    private static final LocalTransport TRANSPORT = new LocalTransport(
            new IceCredentials("serverufrag", "serverpasswordserverpass"),
            new Fingerprint("sha-256", "AA:BB"),
            List.of(new IceCandidate("1", 2130706431, InetAddress.getLoopbackAddress(), 7882)));

    private final OfferedTracks tracks = new OfferedTracks();
    private final Answerer answerer =
            new Answerer(new LocalDescription(TRANSPORT, 4711, Setup.PASSIVE), List.of(Codec.values()), tracks);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chromium-single-pc-offer",
                "chromium-simulcast-publish-offer",
                "rust-sdk-single-pc-offer",
                "go-sdk-publish-offer",
                "firefox-like-offer",
                "aiortc-like-offer"
            })
    void everyAnswerMirrorsItsOffer(String sample) {
        SessionDescription offer = SdpSamples.sample(sample);
        answerer.add(video("TR_one"));
        SessionDescription answer = answerer.answer(offer).description();

        assertThat(answer.sections())
                .extracting(MediaSection::mid)
                .isEqualTo(offer.sections().stream().map(MediaSection::mid).toList());
        assertThat(answer.sections())
                .extracting(MediaSection::kind)
                .isEqualTo(offer.sections().stream().map(MediaSection::kind).toList());
        for (MediaSection section : answer.sections()) {
            MediaSection offered = offer.section(section.mid()).orElseThrow();
            // RFC 3264 §6.1: nothing that was not offered, under the numbers of the offer.
            assertThat(offered.formats())
                    .extracting(RtpFormat::payloadType)
                    .containsAll(section.formats().stream()
                            .map(RtpFormat::payloadType)
                            .toList());
            assertThat(offered.extMaps())
                    .extracting(ext -> ext.id() + ext.uri())
                    .containsAll(section.extMaps().stream()
                            .map(ext -> ext.id() + ext.uri())
                            .toList());
            assertThat(section.direction().sends() && !offered.direction().receives())
                    .isFalse();
            assertThat(section.direction().receives() && !offered.direction().sends())
                    .isFalse();
        }
        assertThat(SdpReader.read(SdpWriter.write(answer))).isEqualTo(new SdpReader.Parsed(answer));
    }

    @Test
    void takesFirefoxsLayersWithItsNumbers() {
        tracks.pending.add("{b54c2b1e-0001-4a2f-9d31-10b1a1000004}");
        Answerer.Answer answer = answerer.answer(SdpSamples.sample("firefox-like-offer"));

        assertThat(tracks.media).singleElement().satisfies(media -> {
            assertThat(media.kind()).isEqualTo(MediaKind.VIDEO);
            assertThat(media.rids()).containsExactlyInAnyOrder("f", "h", "q");
            assertThat(media.formats().getFirst().payloadType()).isEqualTo(120);
            assertThat(media.formats().getFirst().rtxPayloadType()).isEqualTo(124);
            assertThat(media.extensions().has(HeaderExtension.RID)).isTrue();
        });
        MediaSection section = answer.description().section("1").orElseThrow();
        assertThat(section.rejected()).isFalse();
        assertThat(section.simulcast().receive()).containsExactlyInAnyOrder("f", "h", "q");
        assertThat(section.formats().getFirst().hasRtcpFb("transport-cc")).isTrue();
    }

    @Test
    void sendsAndReceivesOnOneMLineOfAiortc() {
        tracks.pending.add(""); // aiortc names no msid for it
        answerer.add(video("TR_one"));
        answerer.add(audio("TR_two"));
        Answerer.Answer answer = answerer.answer(SdpSamples.sample("aiortc-like-offer"));

        MediaSection both = answer.description().section("1").orElseThrow();
        assertThat(both.direction()).isEqualTo(Direction.SENDRECV);
        assertThat(both.msid()).isPresent();
        assertThat(tracks.media).singleElement().satisfies(media -> {
            assertThat(media.ssrcs()).containsExactly(1_111_111_111);
            assertThat(media.rtxSsrcs()).containsExactly((int) 2_222_222_222L);
            assertThat(media.formats().getFirst().payloadType()).isEqualTo(97);
        });
        assertThat(answer.bound())
                .extracting(bound -> bound.media().format().payloadType())
                .containsExactlyInAnyOrder(97, 96);
        assertThat(answer.midToTrack()).isEqualTo(Map.of("0", new TrackSid("TR_two"), "1", new TrackSid("TR_one")));
        // What it does not offer it does not get.
        assertThat(both.formats().getFirst().hasRtcpFb("transport-cc")).isFalse();
        assertThat(answer.bound().getFirst().media().extensions().has(HeaderExtension.TRANSPORT_CC))
                .isFalse();
    }

    @Test
    void takesTheGoClientsLayersAndItsSsrcs() {
        tracks.pending.add("loadtest-video");
        Answerer.Answer answer = answerer.answer(SdpSamples.sample("go-sdk-publish-offer"));

        IncomingMedia media = tracks.media.getFirst();
        assertThat(media.rids()).containsExactly("q", "h", "f");
        assertThat(media.formats().getFirst().codec()).isEqualTo(Codec.VP8);
        assertThat(media.ssrcs()).contains((int) 2_664_819_028L).doesNotContain((int) 4_234_708_255L);
        assertThat(answer.description().section("2").orElseThrow().simulcast().receive())
                .containsExactly("q", "h", "f");
        assertThat(answer.description().section("0").orElseThrow().sctpPort()).hasValue(5000);
    }

    @Test
    void keepsASubscriptionOnItsMLineFromOfferToOffer() {
        answerer.add(video("TR_one"));
        Answerer.Answer first = answerer.answer(SdpSamples.sample("chromium-single-pc-offer"));
        answerer.add(video("TR_two"));
        Answerer.Answer second = answerer.answer(SdpSamples.sample("chromium-single-pc-offer"));

        assertThat(first.midToTrack()).isEqualTo(Map.of("3", new TrackSid("TR_one")));
        assertThat(second.midToTrack()).isEqualTo(Map.of("3", new TrackSid("TR_one"), "4", new TrackSid("TR_two")));
        assertThat(second.bound())
                .extracting(bound -> bound.sending().track().value())
                .containsExactly("TR_two");
        assertThat(second.description().version()).isEqualTo(first.description().version() + 1);
    }

    @Test
    void findsAnotherMLineForASubscriptionWhoseMLineWasRejected() {
        answerer.add(video("TR_one"));
        SessionDescription offer = SdpSamples.sample("chromium-single-pc-offer");
        answerer.answer(offer);
        SessionDescription without3 = offer.toBuilder()
                .sections(offer.sections().stream()
                        .map(section -> section.mid().equals("3")
                                ? section.toBuilder().port(0).build()
                                : section)
                        .toList())
                .build();
        Answerer.Answer answer = answerer.answer(without3);

        assertThat(answer.description().section("3").orElseThrow().rejected()).isTrue();
        assertThat(answer.description().bundle()).doesNotContain("3");
        assertThat(answer.midToTrack()).isEqualTo(Map.of("4", new TrackSid("TR_one")));
        assertThat(answer.bound()).hasSize(1);
    }

    @Test
    void endsAPublicationWhoseMLineDisappears() {
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");
        SessionDescription offer = SdpSamples.sample("chromium-simulcast-publish-offer");
        answerer.answer(offer);
        answerer.answer(
                offer.toBuilder().sections(offer.sections().subList(0, 2)).build());

        assertThat(tracks.ended).containsExactly("2");
    }

    @Test
    void seesANewTrackOnAnMLineThatCarriedAnother() {
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");
        SessionDescription offer = SdpSamples.sample("chromium-simulcast-publish-offer");
        answerer.answer(offer);
        tracks.pending.add("another-camera");
        String text = SdpSamples.text("chromium-simulcast-publish-offer")
                .replace("c3e0acd8-6867-4876-b594-028d0016c194", "another-camera");
        SdpReader.Result read = SdpReader.read(text);
        answerer.answer(((SdpReader.Parsed) read).description());

        assertThat(tracks.ended).containsExactly("2");
        assertThat(tracks.media).hasSize(2);
    }

    @Test
    void keepsATrackWhoseBrowserMadeUpANewId() {
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");
        answerer.answer(SdpSamples.sample("chromium-simulcast-publish-offer"));
        String text = SdpSamples.text("chromium-simulcast-publish-offer")
                .replace("c3e0acd8-6867-4876-b594-028d0016c194", "nobody-asked-for-this");
        SdpReader.Result read = SdpReader.read(text);
        Answerer.Answer answer = answerer.answer(((SdpReader.Parsed) read).description());

        assertThat(tracks.ended).isEmpty();
        assertThat(answer.description().section("2").orElseThrow().direction()).isEqualTo(Direction.RECVONLY);
    }

    @Test
    void refusesASubscriptionThatNoFreeMLineCanDecode() {
        answerer.add(video("TR_one"));
        SessionDescription offer = SdpSamples.sample("chromium-single-pc-offer");
        SessionDescription withoutVp8 = offer.toBuilder()
                .sections(offer.sections().stream()
                        .map(section -> section.toBuilder()
                                .formats(section.formats().stream()
                                        .filter(format -> !format.encodingName().equals("VP8"))
                                        .toList())
                                .build())
                        .toList())
                .build();

        assertThat(answerer.answer(withoutVp8).refused()).containsExactly(new TrackSid("TR_one"));
        assertThat(answerer.wantsOffer()).isFalse();
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
