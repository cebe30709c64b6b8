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
import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The answering half against offers that real clients made.
class AnswererTest {
    private static final LocalTransport TRANSPORT = new LocalTransport(
            new IceCredentials("serverufrag", "serverpasswordserverpass"),
            new Fingerprint("sha-256", "AA:BB"),
            List.of(new IceCandidate("1", 2130706431, InetAddress.getLoopbackAddress(), 7882)));

    private final OfferedTracks tracks = new OfferedTracks();
    private final Answerer answerer =
            new Answerer(new LocalDescription(TRANSPORT, 4711, Setup.PASSIVE), List.of(Codec.values()), tracks);

    @Test
    void answersAnEmptyRoomWithInactiveSlots() {
        SessionDescription answer =
                answerer.answer(offer("chromium-single-pc-offer")).description();

        assertThat(answer.sections()).hasSize(7);
        assertThat(answer.sections().stream().limit(6).map(MediaSection::direction))
                .containsOnly(Direction.INACTIVE);
        assertThat(answer.sections().get(6).sctpPort()).hasValue(5000);
        assertThat(answer.iceLite()).isTrue();
        assertThat(answer.bundle()).containsExactly("0", "1", "2", "3", "4", "5", "6");
        assertThat(answer.sections()).allMatch(s -> answer.setup(s).equals(Optional.of(Setup.PASSIVE)));
        assertThat(answer.sections().getFirst().candidates()).hasSize(1);
        assertThat(SdpReader.read(SdpWriter.write(answer))).isEqualTo(new SdpReader.Parsed(answer));
    }

    @Test
    void bindsWaitingSubscriptionsToFreeSlotsOfTheirKind() {
        answerer.add(video("TR_VCone"));
        answerer.add(audio("TR_AMone"));

        Answerer.Answer answer = answerer.answer(offer("chromium-single-pc-offer"));

        assertThat(answer.midToTrack()).isEqualTo(Map.of("0", new TrackSid("TR_AMone"), "3", new TrackSid("TR_VCone")));
        MediaSection section = answer.description().section("3").orElseThrow();
        assertThat(section.direction()).isEqualTo(Direction.SENDONLY);
        assertThat(section.msid().orElseThrow().toString()).isEqualTo("PA_pub|TR_VCone TR_VCone");
        assertThat(section.rtxSsrc(11)).hasValue(12);
        assertThat(answer.bound()).extracting(b -> b.media().mid()).containsExactlyInAnyOrder("0", "3");
        var media = answer.bound().getFirst().media();
        assertThat(media.format().payloadType()).isEqualTo(96);
        assertThat(media.format().rtxPayloadType()).isEqualTo(97);
        assertThat(media.format().nack()).isTrue();
        assertThat(media.extensions().id(HeaderExtension.TRANSPORT_CC)).isEqualTo(3);
        assertThat(answerer.wantsOffer()).isFalse();
    }

    @Test
    void countsTheMLinesThatAreMissing() {
        for (int i = 0; i < 5; i++) {
            answerer.add(audio("TR_AM" + i));
        }
        answerer.add(video("TR_VC"));

        assertThat(answerer.missing(MediaKind.AUDIO)).isEqualTo(5);
        answerer.answer(offer("chromium-single-pc-offer"));

        assertThat(answerer.missing(MediaKind.AUDIO)).isEqualTo(2);
        assertThat(answerer.missing(MediaKind.VIDEO)).isZero();
        assertThat(answerer.wantsOffer()).isTrue();
    }

    @Test
    void restsASlotOnceBeforeItCarriesAnotherTrack() {
        SessionDescription offer = offer("chromium-single-pc-offer");
        for (int i = 0; i < 3; i++) {
            answerer.add(video("TR_VC" + i));
        }
        answerer.answer(offer);

        assertThat(answerer.remove(new TrackSid("TR_VC1"))).isTrue();
        answerer.add(video("TR_VCnew"));
        assertThat(answerer.missing(MediaKind.VIDEO)).isZero();
        Answerer.Answer resting = answerer.answer(offer);
        Answerer.Answer reused = answerer.answer(offer);

        assertThat(resting.description().section("4").orElseThrow().direction()).isEqualTo(Direction.INACTIVE);
        assertThat(resting.bound()).isEmpty();
        assertThat(reused.midToTrack()).containsEntry("4", new TrackSid("TR_VCnew"));
    }

    @Test
    void publishesTheMLineOfARequestedTrack() {
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");

        Answerer.Answer answer = answerer.answer(offer("chromium-simulcast-publish-offer"));

        assertThat(tracks.media).hasSize(1);
        IncomingMedia media = tracks.media.getFirst();
        assertThat(media.rids()).containsExactly("q", "h");
        assertThat(media.formats().getFirst().codec()).isEqualTo(Codec.VP8);
        assertThat(media.extensions().has(HeaderExtension.REPAIRED_RID)).isTrue();
        MediaSection section = answer.description().section(media.mid()).orElseThrow();
        assertThat(section.direction()).isEqualTo(Direction.RECVONLY);
        assertThat(section.simulcast().receive()).containsExactly("q", "h");
        assertThat(section.formats()).extracting(f -> f.encodingName()).containsExactly("VP8", "rtx");
    }

    @Test
    void waitsForTheRequestOfAnMLineThatWasOfferedFirst() {
        Answerer.Answer answer = answerer.answer(offer("chromium-simulcast-publish-offer"));
        assertThat(answer.description().sections().getLast().direction()).isEqualTo(Direction.RECVONLY);

        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");
        answerer.onRequested("c3e0acd8-6867-4876-b594-028d0016c194");

        assertThat(tracks.media).hasSize(1);
    }

    @Test
    void answersInactiveToSomebodyWhoMayNotPublish() {
        tracks.mayPublish = false;

        Answerer.Answer answer = answerer.answer(offer("chromium-simulcast-publish-offer"));

        assertThat(answer.description().sections().getLast().direction()).isEqualTo(Direction.INACTIVE);
        assertThat(tracks.media).isEmpty();
    }

    @Test
    void noticesThatAPublicationEnded() {
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");
        SessionDescription offer = offer("chromium-simulcast-publish-offer");
        answerer.answer(offer);
        String mid = tracks.media.getFirst().mid();
        var ended = new ArrayList<MediaSection>();
        for (MediaSection section : offer.sections()) {
            ended.add(
                    section.mid().equals(mid)
                            ? section.toBuilder().direction(Direction.INACTIVE).build()
                            : section);
        }

        Answerer.Answer answer =
                answerer.answer(offer.toBuilder().sections(ended).build());

        assertThat(tracks.ended).containsExactly(mid);
        assertThat(answer.description().section(mid).orElseThrow().direction()).isEqualTo(Direction.INACTIVE);
    }

    private static Sending video(String sid) {
        return new Sending(
                new ParticipantSid("PA_pub"), new TrackSid(sid), Codec.VP8, false, 11, 12, LayerDemand.LOWEST);
    }

    private static Sending audio(String sid) {
        return new Sending(
                new ParticipantSid("PA_pub"), new TrackSid(sid), Codec.OPUS, false, 21, 0, LayerDemand.HIGHEST);
    }

    private static SessionDescription offer(String sample) {
        return SdpSamples.sample(sample);
    }

    /// An m-line that says nothing known may be taken for any track that is asked for: it must not take another's.
    @Test
    void asksFirstAboutMLinesWhoseTrackIsExpected() {
        SessionDescription offer = offer("chromium-simulcast-publish-offer");
        var sections = new ArrayList<MediaSection>();
        for (MediaSection section : offer.sections()) {
            if (section.msid().isPresent()) {
                sections.add(MediaSection.builder(section.kind(), "x" + section.mid())
                        .direction(Direction.SENDONLY)
                        .formats(section.formats())
                        .msid(new Msid("-", "unknown"))
                        .build());
            }
            sections.add(section);
        }
        tracks.pending.add("c3e0acd8-6867-4876-b594-028d0016c194");

        answerer.answer(offer.toBuilder().sections(sections).build());

        assertThat(tracks.asked)
                .startsWith("c3e0acd8-6867-4876-b594-028d0016c194")
                .contains("unknown");
    }
}
