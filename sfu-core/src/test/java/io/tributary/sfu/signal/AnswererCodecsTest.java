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
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.RtpFormat;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.Setup;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Which codec, and which of its formats, is agreed with Chromium.
class AnswererCodecsTest {
    private static final String CID = "c3e0acd8-6867-4876-b594-028d0016c194";
    private static final LocalTransport TRANSPORT = new LocalTransport(
            new IceCredentials("ufrag", "a-password-of-twenty-four"),
            new Fingerprint("sha-256", "AA:BB"),
            List.of(new IceCandidate("1", 2130706431, InetAddress.getLoopbackAddress(), 7882)));

    private final OfferedTracks tracks = new OfferedTracks();

    /// A publisher sends the first codec that it is left with.
    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"VP8", "H264", "VP9", "AV1"})
    void leavesAPublisherTheCodecThatItsTrackWasAnnouncedWith(Codec codec) {
        MediaSection section = published(codec, List.of(Codec.values()));
        assertThat(section.formats()).extracting(RtpFormat::encodingName).containsExactly(codec.encodingName(), "rtx");
        RtpFormat format = section.formats().getFirst();
        assertThat(format.rtcpFb()).contains("nack", "nack pli", "transport-cc");
        switch (codec) {
            case H264 -> {
                assertThat(format.parameter("packetization-mode")).hasValue("1");
                assertThat(format.parameter("profile-level-id")).hasValue("42e01f");
            }
            case VP9 -> assertThat(format.parameter("profile-id")).hasValue("0");
            default -> assertThat(format.payloadType()).isPositive();
        }
    }

    @Test
    void takesWhatTheClientWouldRatherSendWhereTheAnnouncedCodecIsNotEnabled() {
        MediaSection section = published(Codec.AV1, List.of(Codec.OPUS, Codec.VP8));
        assertThat(section.formats()).extracting(RtpFormat::encodingName).containsExactly("VP8", "rtx");
    }

    @Test
    void agreesToTheDependencyDescriptorOfAv1Only() {
        assertThat(extensions(published(Codec.VP8, List.of(Codec.values()))))
                .doesNotContain(HeaderExtension.DEPENDENCY_DESCRIPTOR.uri());
    }

    /// What it may receive is said in full, first what it receives now.
    @Test
    void offersASubscriberWhatItsTrackIsInBeforeAllElse() {
        var answerer = answerer(List.of(Codec.values()));
        answerer.add(new Sending(
                new ParticipantSid("PA_pub"), new TrackSid("TR_VC"), Codec.H264, false, 11, 12, LayerDemand.HIGHEST));
        Answerer.Answer answer = answerer.answer(SdpSamples.sample("chromium-single-pc-offer"));
        MediaSection section = answer.description().section("3").orElseThrow();
        assertThat(section.formats().getFirst().encodingName()).isEqualTo("H264");
        assertThat(section.formats()).extracting(RtpFormat::encodingName).contains("VP8", "VP9", "AV1");
        RtpFormat bound = section.formats().getFirst();
        assertThat(answer.bound().getFirst().media().format().payloadType()).isEqualTo(bound.payloadType());
    }

    @Test
    void asksForPlainOpusAndNoRed() {
        Answerer.Answer answer =
                answerer(List.of(Codec.values())).answer(SdpSamples.sample("chromium-single-pc-offer"));
        assertThat(answer.description().section("0").orElseThrow().formats())
                .extracting(RtpFormat::encodingName)
                .containsExactly("opus");
    }

    @Test
    void saysStereoBothWays() {
        assertThat(Formats.opusFromPublisher(true, true)).contains("usedtx=1", "stereo=1");
        assertThat(Formats.opusFromPublisher(false, false)).doesNotContain("usedtx", "stereo");
        assertThat(Formats.offered(Codec.OPUS, true).getFirst().parameter("sprop-stereo"))
                .hasValue("1");
        var answerer = answerer(List.of(Codec.values()));
        answerer.add(new Sending(
                new ParticipantSid("PA_pub"), new TrackSid("TR_AM"), Codec.OPUS, true, 11, 0, LayerDemand.HIGHEST));
        MediaSection section = answerer.answer(SdpSamples.sample("chromium-single-pc-offer"))
                .description()
                .section("0")
                .orElseThrow();
        assertThat(section.formats().getFirst().parameter("sprop-stereo")).hasValue("1");
    }

    private MediaSection published(Codec announced, List<Codec> enabled) {
        tracks.pending.add(CID);
        tracks.announced.put(CID, announced);
        Answerer.Answer answer = answerer(enabled).answer(SdpSamples.sample("chromium-simulcast-publish-offer"));
        return answer.description().section(tracks.media.getFirst().mid()).orElseThrow();
    }

    private Answerer answerer(List<Codec> enabled) {
        return new Answerer(new LocalDescription(TRANSPORT, 4711, Setup.PASSIVE), enabled, tracks);
    }

    private static List<String> extensions(MediaSection section) {
        return section.extMaps().stream().map(ext -> ext.uri()).toList();
    }
}
