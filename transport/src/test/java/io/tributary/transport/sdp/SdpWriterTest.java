package io.tributary.transport.sdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SdpWriterTest {
    static Stream<String> samples() {
        return SdpSamples.NAMES.stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatIsReadAndWrittenReadsAsTheSame(String name) {
        SessionDescription read = SdpSamples.sample(name);

        assertThat(SdpSamples.read(SdpWriter.write(read))).isEqualTo(read).hasSameHashCodeAs(read);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void copiesOfABuilderAreEqual(String name) {
        SessionDescription read = SdpSamples.sample(name);
        List<MediaSection> copies =
                read.sections().stream().map(s -> s.toBuilder().build()).toList();

        assertThat(read.toBuilder().sections(copies).build()).isEqualTo(read);
    }

    @Test
    void writesAnAnswerLineByLine() {
        MediaSection video = MediaSection.builder(SectionKind.VIDEO, "3")
                .direction(Direction.SENDONLY)
                .rtcpMux(true)
                .iceCredentials(new IceCredentials("ufrag", "password-password-pass"))
                .fingerprint(new Fingerprint("SHA-256", "ab:cd"))
                .setup(Setup.PASSIVE)
                .formats(List.of(
                        RtpFormat.of(96, "VP8", 90_000, 1).withRtcpFb(List.of("nack", "nack pli")),
                        RtpFormat.rtx(97, 96, 90_000)))
                .extMaps(List.of(new ExtMap(4, "urn:ietf:params:rtp-hdrext:sdes:mid")))
                .msid(new Msid("PA_a|TR_b", "TR_b"))
                .ssrcs(List.of(new SsrcAttributes(4_294_967_295L, "c", List.of())))
                .ssrcGroups(List.of(new SsrcGroup(SsrcGroup.FID, List.of(4_294_967_295L, 2L))))
                .build();
        SessionDescription answer = SessionDescription.builder("42", 7)
                .iceLite(true)
                .bundle(List.of("3"))
                .sections(List.of(video))
                .build();

        assertThat(SdpWriter.write(answer).split("\r\n"))
                .containsExactly(
                        "v=0",
                        "o=- 42 7 IN IP4 127.0.0.1",
                        "s=-",
                        "t=0 0",
                        "a=ice-lite",
                        "a=group:BUNDLE 3",
                        "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
                        "c=IN IP4 0.0.0.0",
                        "a=mid:3",
                        "a=ice-ufrag:ufrag",
                        "a=ice-pwd:password-password-pass",
                        "a=fingerprint:sha-256 AB:CD",
                        "a=setup:passive",
                        "a=sendonly",
                        "a=rtcp-mux",
                        "a=rtpmap:96 VP8/90000",
                        "a=rtcp-fb:96 nack",
                        "a=rtcp-fb:96 nack pli",
                        "a=rtpmap:97 rtx/90000",
                        "a=fmtp:97 apt=96",
                        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
                        "a=msid:PA_a|TR_b TR_b",
                        "a=ssrc-group:FID 4294967295 2",
                        "a=ssrc:4294967295 cname:c");
        assertThat(video.formats().get(0).rtxPayloadType()).isEqualTo(97);
    }

    @Test
    void aLineBreakInAValueIsOurBug() {
        MediaSection audio = MediaSection.builder(SectionKind.AUDIO, "0")
                .msid(new Msid("a\r\na=ice-lite", "b"))
                .build();
        SessionDescription description =
                SessionDescription.builder("1", 1).sections(List.of(audio)).build();

        assertThatThrownBy(() -> SdpWriter.write(description)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void neverPrintsPasswords() {
        SessionDescription offer = SdpSamples.sample("chromium-single-pc-offer");

        assertThat(offer.toString()).doesNotContain("7qfDT1hgJjJafHzifKHGQKd3");
    }

    @Test
    void aParameterIsAddedOnlyOnce() {
        RtpFormat opus = RtpFormat.of(111, "opus", 48_000, 2).withFmtp("minptime=10;useinbandfec=1");

        assertThat(opus.withParameter("usedtx", "1")
                        .withParameter("usedtx", "1")
                        .fmtp())
                .isEqualTo("minptime=10;useinbandfec=1;usedtx=1");
    }
}
