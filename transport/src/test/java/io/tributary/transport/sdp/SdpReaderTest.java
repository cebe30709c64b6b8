package io.tributary.transport.sdp;

import static io.tributary.transport.sdp.SdpSamples.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tributary.transport.ice.IceCredentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SdpReaderTest {
    private static final String HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    private static final String AUDIO = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";

    @Test
    void readsTheSinglePeerConnectionOfferOfChromium() {
        SessionDescription offer = sample("chromium-single-pc-offer");

        assertThat(offer.originId()).isEqualTo("9066822814103701915");
        assertThat(offer.version()).isEqualTo(2);
        assertThat(offer.bundle()).containsExactly("0", "1", "2", "3", "4", "5", "6");
        assertThat(offer.extmapAllowMixed()).isTrue();
        assertThat(offer.sections()).hasSize(7);
        assertThat(offer.sections().subList(0, 6)).allMatch(s -> s.direction() == Direction.RECVONLY);

        MediaSection audio = offer.sections().get(0);
        assertThat(audio.kind()).isEqualTo(SectionKind.AUDIO);
        assertThat(audio.formats()).extracting(RtpFormat::payloadType).containsExactly(111, 63, 9, 0, 8, 13, 110, 126);
        RtpFormat opus = audio.formats().get(0);
        assertThat(opus.encodingName()).isEqualTo("opus");
        assertThat(opus.clockRateHz()).isEqualTo(48_000);
        assertThat(opus.channels()).isEqualTo(2);
        assertThat(opus.parameter("useinbandfec")).contains("1");
        assertThat(opus.rtcpFb()).containsExactly("transport-cc");
        assertThat(audio.rtcpMux()).isTrue();
        assertThat(audio.rtcpRsize()).isTrue();
        assertThat(audio.iceOptions()).containsExactly("trickle");
        assertThat(audio.extensionId("urn:ietf:params:rtp-hdrext:sdes:mid")).hasValue(4);
        assertThat(offer.iceCredentials(audio)).contains(new IceCredentials("cU6S", "7qfDT1hgJjJafHzifKHGQKd3"));
        assertThat(offer.setup(audio)).contains(Setup.ACTPASS);

        MediaSection video = offer.sections().get(3);
        RtpFormat vp8 = video.format(96).orElseThrow();
        assertThat(vp8.rtxPayloadType()).isEqualTo(97);
        assertThat(vp8.hasRtcpFb("nack pli")).isTrue();
        assertThat(video.format(97).orElseThrow().apt()).isEqualTo(96);
        assertThat(video.format(120).orElseThrow().rtxPayloadType()).isEqualTo(-1);

        MediaSection data = offer.sections().get(6);
        assertThat(data.kind()).isEqualTo(SectionKind.APPLICATION);
        assertThat(data.applicationFormat()).isEqualTo("webrtc-datachannel");
        assertThat(data.sctpPort()).hasValue(5000);
        assertThat(data.maxMessageSizeBytes()).hasValue(262_144);
    }

    @Test
    void readsSimulcastMsidsAndCandidatesOfAPublisher() {
        SessionDescription offer = sample("chromium-simulcast-publish-offer");
        MediaSection audio = offer.section("1").orElseThrow();
        MediaSection video = offer.section("2").orElseThrow();

        assertThat(video.rids()).containsExactly(new Rid("q", true), new Rid("h", true));
        assertThat(video.simulcast()).isEqualTo(new Simulcast(List.of("q", "h"), List.of()));
        assertThat(video.format(96).orElseThrow().fmtp()).isEqualTo("x-google-start-bitrate=549");
        Msid msid = new Msid("510c391f-c20f-4876-b521-fbee867dfec0", "88e3428b-7e1b-41a2-a044-bff82adf80d3");
        assertThat(audio.msid()).contains(msid);
        assertThat(audio.ssrcs()).containsExactly(new SsrcAttributes(898_308_129L, "HoTSAZdeOEYQoRmm", List.of(msid)));
        assertThat(offer.sections().get(0).candidates())
                .hasSize(4)
                .allMatch(candidate -> candidate.startsWith("candidate:"));
    }

    @Test
    void readsWhatLivekitWrites() {
        SessionDescription answer = sample("livekit-single-pc-answer");
        assertThat(answer.setup(answer.sections().get(0))).contains(Setup.ACTIVE);
        assertThat(answer.section("8").orElseThrow().simulcast().receive()).containsExactly("q", "h");

        SessionDescription offer = sample("livekit-dual-pc-offer");
        MediaSection audio = offer.section("1").orElseThrow();
        assertThat(audio.fingerprints()).isEmpty();
        assertThat(offer.fingerprint(audio)).isPresent();
        assertThat(audio.msid()).contains(new Msid("PA_2BAf7mYfRSWC|TR_AMNfUbJhjppLjP", "TR_AMNfUbJhjppLjP"));
        assertThat(offer.sections().get(0).endOfCandidates()).isTrue();
    }

    @Test
    void pairsEachSimulcastSourceOfPionWithItsRetransmissions() {
        MediaSection video = sample("go-sdk-publish-offer").section("2").orElseThrow();

        assertThat(video.rtxSsrc(2_664_819_028L)).hasValue(4_234_708_255L);
        assertThat(video.rtxSsrc(4_192_193_990L)).hasValue(454_395_708L);
        assertThat(video.rtxSsrc(1L)).isEmpty();
    }

    @Test
    void firefoxOffersItsBundleWithPortZeroAndTheFingerprintOnce() {
        SessionDescription offer = sample("firefox-like-offer");
        MediaSection video = offer.section("1").orElseThrow();
        MediaSection data = offer.section("2").orElseThrow();

        assertThat(video.port()).isZero();
        assertThat(video.rejected()).isFalse();
        assertThat(offer.fingerprint(video).orElseThrow().algorithm()).isEqualTo("sha-256");
        assertThat(offer.iceCredentials(data).orElseThrow().ufrag()).isEqualTo("89abcdef");
        assertThat(video.simulcast().send()).containsExactly("f", "h", "q");
        assertThat(video.rids()).extracting(Rid::id).containsExactly("f", "h", "q");
        assertThat(video.format(120).orElseThrow().rtcpFb())
                .containsExactly("nack", "nack pli", "ccm fir", "transport-cc");
        assertThat(video.extMaps())
                .contains(new ExtMap(8, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", Direction.SENDONLY));
        assertThat(video.msid().orElseThrow().streamId()).isEqualTo("-");
    }

    @Test
    void aiortcGivesSeveralFingerprintsAndTheTransportOnlyOnce() {
        SessionDescription offer = sample("aiortc-like-offer");
        MediaSection audio = offer.section("0").orElseThrow();
        MediaSection video = offer.section("1").orElseThrow();

        assertThat(audio.fingerprints()).hasSize(2);
        assertThat(offer.fingerprint(video).orElseThrow().value()).startsWith("0A:1B:2C");
        assertThat(offer.iceCredentials(video)).contains(new IceCredentials("aB3d", "abcdefghijklmnopqrstuv"));
        assertThat(video.formats().get(0).rtxPayloadType()).isEqualTo(98);
    }

    @Test
    void knowsThePayloadTypesThatNeedNoRtpmap() {
        MediaSection audio = SdpSamples.read(HEAD + "m=audio 9 UDP/TLS/RTP/SAVPF 0 8 77\r\na=mid:a\r\n")
                .sections()
                .get(0);

        assertThat(audio.formats()).extracting(RtpFormat::encodingName).containsExactly("PCMU", "PCMA", "");
    }

    @Test
    void aRejectedLineHasPortZero() {
        MediaSection audio = SdpSamples.read(HEAD + "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\n")
                .sections()
                .get(0);

        assertThat(audio.rejected()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a=mid:0\r\na=ice-ufrag:abcd",
                "a=mid:0\r\na=ice-ufrag:abc\r\na=ice-pwd:0123456789abcdef012345",
                "a=mid:0\r\na=ice-ufrag:abcd\r\na=ice-pwd:short",
                "a=mid:0\r\na=fingerprint:sha-256 zz",
                "a=mid:0\r\na=fingerprint:sha-256 AA:B",
                "a=mid:0\r\na=rtpmap:111 opus/x",
                "a=mid:0\r\na=rtpmap:111 opus/48000/0",
                "a=mid:0\r\na=extmap:0 urn:x",
                "a=mid:0\r\na=extmap:256 urn:x",
                "a=mid:0\r\na=ssrc:4294967296 cname:x",
                "a=mid:0\r\na=ssrc-group:FID 1 -2",
                "a=mid:0\r\na=rid:q sideways",
                "a=mid:0\r\nnonsense",
                "a=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0",
                "a=mid:0\r\nm=audio 65536 UDP/TLS/RTP/SAVPF 0\r\na=mid:1",
                "a=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 128\r\na=mid:1",
                "a=mid:0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0 0\r\na=mid:1",
                "a=mid:0\r\nm=image 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:1",
                "a=mid:0\ra=mid:1",
                "a=sendrecv"
            })
    void refusesWhatCouldConnectTheWrongThings(String lines) {
        assertThat(SdpReader.read(HEAD + AUDIO + lines + "\r\n")).isInstanceOf(SdpReader.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "v=1", "v=0\r\n", "v=0\r\no=- x 1 IN IP4 0.0.0.0\r\n", "{\"sdp\":\"v=0\"}"})
    void refusesWhatIsNoDescription(String text) {
        assertThat(SdpReader.read(text)).isInstanceOf(SdpReader.Malformed.class);
    }

    @Test
    void boundsItsWork() {
        StringBuilder sections = new StringBuilder(HEAD);
        for (int i = 0; i <= SdpReader.MAX_SECTIONS; i++) {
            sections.append("m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:").append(i).append("\r\n");
        }
        assertThat(SdpReader.read(sections.toString())).isInstanceOf(SdpReader.Malformed.class);
        String lines = "a=x\r\n".repeat(SdpReader.MAX_LINES_PER_SECTION);
        assertThat(SdpReader.read(HEAD + AUDIO + "a=mid:0\r\n" + lines)).isInstanceOf(SdpReader.Malformed.class);
        assertThat(SdpReader.read("v".repeat(SdpReader.MAX_CHARS + 1))).isInstanceOf(SdpReader.Malformed.class);
    }

    /// Damaged samples either parse or are refused; what parses can be written and read again as the same.
    @Test
    void neverThrowsOnDamagedText() {
        long seed = Long.getLong("test.seed", 20_261_121L);
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        SdpSamples.NAMES.forEach(name -> texts.add(SdpSamples.text(name)));
        for (int round = 0; round < 2_000; round++) {
            String damaged = damage(texts.get(random.nextInt(texts.size())), random);
            assertThatCode(() -> {
                        if (SdpReader.read(damaged) instanceof SdpReader.Parsed(SessionDescription description)) {
                            assertThat(SdpSamples.read(SdpWriter.write(description)))
                                    .isEqualTo(description);
                        }
                    })
                    .as("seed %d round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    private static String damage(String text, Random random) {
        StringBuilder damaged = new StringBuilder(text);
        for (int hits = 1 + random.nextInt(4); hits > 0; hits--) {
            int at = random.nextInt(damaged.length());
            switch (random.nextInt(4)) {
                case 0 -> damaged.setCharAt(at, (char) random.nextInt(128));
                case 1 -> damaged.deleteCharAt(at);
                case 2 -> damaged.insert(at, (char) random.nextInt(0x300));
                default -> damaged.setLength(at + 1);
            }
        }
        return damaged.toString();
    }
}
