package io.tributary.load.call;

import io.tributary.load.media.Camera;
import io.tributary.load.peer.ClientPeer;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.ExtMap;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.Rid;
import io.tributary.transport.sdp.RtpFormat;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import io.tributary.transport.sdp.Simulcast;
import io.tributary.transport.sdp.SsrcAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The offers of a publisher and the answers of a subscriber, for one connection each.
final class ClientDescriptions {
    static final String AUDIO_MID = "0";
    static final String VIDEO_MID = "1";

    private static final long HOST_PRIORITY = 2_130_706_431; // RFC 8445 §5.1.2.1, one component, one address
    private static final int OPUS = 111;
    private static final int VP8 = 96;

    private static final List<String> VIDEO_FEEDBACK = List.of("nack", "nack pli", "ccm fir", "transport-cc");

    /// What we read or honour of a server's offer.
    private static final Set<HeaderExtension> UNDERSTOOD =
            Set.of(HeaderExtension.MID, HeaderExtension.TRANSPORT_CC, HeaderExtension.ABS_SEND_TIME);

    private final ClientPeer peer;
    private final Fingerprint fingerprint;
    private final String originId;
    private long version;

    ClientDescriptions(ClientPeer peer, Fingerprint fingerprint, long originId) {
        this.peer = peer;
        this.fingerprint = fingerprint;
        this.originId = Long.toUnsignedString(originId >>> 1);
    }

    /// @param audioSsrc 0 without a microphone
    String offer(String streamId, String audioCid, int audioSsrc, String videoCid) {
        List<MediaSection> sections = new ArrayList<>();
        if (!audioCid.isEmpty()) {
            sections.add(section(MediaSection.builder(SectionKind.AUDIO, AUDIO_MID), Setup.ACTPASS)
                    .direction(Direction.SENDONLY)
                    .formats(List.of(RtpFormat.of(OPUS, "opus", 48_000, 2).withFmtp("minptime=10;useinbandfec=1")))
                    .extMaps(List.of(
                            new ExtMap(1, HeaderExtension.AUDIO_LEVEL.uri()), new ExtMap(4, HeaderExtension.MID.uri())))
                    .msid(new Msid(streamId, audioCid))
                    .ssrcs(List.of(new SsrcAttributes(
                            Integer.toUnsignedLong(audioSsrc), streamId, List.of(new Msid(streamId, audioCid)))))
                    .build());
        }
        if (!videoCid.isEmpty()) {
            List<String> rids =
                    Camera.ENCODINGS.stream().map(Camera.Encoding::rid).toList();
            sections.add(section(MediaSection.builder(SectionKind.VIDEO, VIDEO_MID), Setup.ACTPASS)
                    .direction(Direction.SENDONLY)
                    .formats(List.of(RtpFormat.of(VP8, "VP8", 90_000, 1).withRtcpFb(VIDEO_FEEDBACK)))
                    .extMaps(List.of(
                            new ExtMap(3, HeaderExtension.TRANSPORT_CC.uri()),
                            new ExtMap(4, HeaderExtension.MID.uri()),
                            new ExtMap(10, HeaderExtension.RID.uri())))
                    .msid(new Msid(streamId, videoCid))
                    .rids(rids.stream().map(rid -> new Rid(rid, true)).toList())
                    .simulcast(new Simulcast(rids, List.of()))
                    .build());
        }
        return write(sections);
    }

    /// Takes everything that is offered.
    String answer(SessionDescription offer) {
        List<MediaSection> sections = new ArrayList<>();
        for (MediaSection offered : offer.sections()) {
            MediaSection.Builder answer = MediaSection.builder(offered.kind(), offered.mid());
            if (offered.kind() == SectionKind.APPLICATION) {
                answer.sctpPort(5000).maxMessageSizeBytes(65_536);
                sections.add(transport(answer, Setup.ACTIVE).build());
                continue;
            }
            List<RtpFormat> formats = offered.formats().stream()
                    .filter(format -> format.encodingName().equalsIgnoreCase("opus")
                            || format.encodingName().equalsIgnoreCase("VP8"))
                    .map(format -> format.withRtcpFb(format.rtcpFb().stream()
                            .filter(VIDEO_FEEDBACK::contains)
                            .toList()))
                    .toList();
            sections.add(section(answer, Setup.ACTIVE)
                    .direction(sends(offered) ? Direction.RECVONLY : Direction.INACTIVE)
                    .formats(formats)
                    .extMaps(offered.extMaps().stream()
                            .filter(map -> HeaderExtension.of(map.uri())
                                    .filter(UNDERSTOOD::contains)
                                    .isPresent())
                            .toList())
                    .build());
        }
        return write(sections);
    }

    static boolean sends(MediaSection section) {
        return section.direction() == Direction.SENDONLY || section.direction() == Direction.SENDRECV;
    }

    /// The ids that a description gives the extensions we know.
    static ExtensionMap extensions(MediaSection section) {
        Map<HeaderExtension, Integer> ids = new EnumMap<>(HeaderExtension.class);
        for (ExtMap map : section.extMaps()) {
            HeaderExtension.of(map.uri()).ifPresent(extension -> ids.put(extension, map.id()));
        }
        return new ExtensionMap(ids);
    }

    private String write(List<MediaSection> sections) {
        version++;
        return SdpWriter.write(SessionDescription.builder(originId, version)
                .bundle(sections.stream().map(MediaSection::mid).toList())
                .extmapAllowMixed(true)
                .msidSemantic("WMS *")
                .sections(sections)
                .build());
    }

    private MediaSection.Builder section(MediaSection.Builder builder, Setup setup) {
        return transport(builder, setup).rtcpMux(true).rtcpRsize(true);
    }

    private MediaSection.Builder transport(MediaSection.Builder builder, Setup setup) {
        var address = peer.address();
        var candidate = new IceCandidate("1", HOST_PRIORITY, address.getAddress(), address.getPort());
        return builder.iceCredentials(peer.credentials())
                .fingerprint(fingerprint)
                .setup(setup)
                .candidates(List.of(candidate.toSdp()))
                .endOfCandidates(true);
    }
}
