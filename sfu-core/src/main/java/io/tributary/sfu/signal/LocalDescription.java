package io.tributary.sfu.signal;

import io.tributary.sfu.router.MediaPlane.LocalTransport;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.util.ArrayList;
import java.util.List;

/// Our side of one connection's SDP: what every description of it has in common. ICE-lite, one bundle, candidates on
/// its first m-line. Control loop only.
final class LocalDescription {
    private static final int SCTP_PORT = 5000;

    /// What clients clamp messages to is 64,000 bytes; this is the largest read that livekit-server promises.
    private static final long MAX_MESSAGE_BYTES = 65_535;

    private final LocalTransport transport;
    private final String originId;
    private final Setup setup;
    private IceCredentials credentials;
    private long version = 1;

    /// @param setup ours: `PASSIVE` in answers, `ACTPASS` in offers, for the server is always the DTLS server
    LocalDescription(LocalTransport transport, long originId, Setup setup) {
        this.transport = transport;
        this.originId = Long.toUnsignedString(originId >>> 1);
        this.setup = setup;
        this.credentials = transport.credentials();
    }

    List<IceCandidate> candidates() {
        return transport.candidates();
    }

    IceCredentials credentials() {
        return credentials;
    }

    /// After an ICE restart.
    void credentials(IceCredentials restarted) {
        credentials = restarted;
    }

    /// A section with our transport attributes on it.
    MediaSection.Builder section(SectionKind kind, String mid) {
        MediaSection.Builder section = MediaSection.builder(kind, mid)
                .iceCredentials(credentials)
                .fingerprint(transport.fingerprint())
                .setup(setup);
        return kind == SectionKind.APPLICATION ? section : section.rtcpMux(true).rtcpRsize(true);
    }

    /// A section for data channels: agreed to, and silent as long as nothing speaks SCTP behind it.
    MediaSection data(String mid) {
        return section(SectionKind.APPLICATION, mid)
                .sctpPort(SCTP_PORT)
                .maxMessageSizeBytes(MAX_MESSAGE_BYTES)
                .build();
    }

    /// The next description, made of `sections` in their order; those with port 0 are outside the bundle.
    SessionDescription with(List<MediaSection> sections) {
        var complete = new ArrayList<MediaSection>(sections);
        for (int i = 0; i < complete.size(); i++) {
            if (!complete.get(i).rejected()) {
                complete.set(
                        i,
                        complete.get(i).toBuilder()
                                .candidates(candidates().stream()
                                        .map(IceCandidate::toSdp)
                                        .toList())
                                .endOfCandidates(true)
                                .build());
                break;
            }
        }
        return SessionDescription.builder(originId, version++)
                .iceLite(true)
                .extmapAllowMixed(true)
                .msidSemantic("WMS *")
                .bundle(complete.stream()
                        .filter(section -> !section.rejected())
                        .map(MediaSection::mid)
                        .toList())
                .sections(complete)
                .build();
    }
}
