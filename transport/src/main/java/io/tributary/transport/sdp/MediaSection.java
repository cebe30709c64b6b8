package io.tributary.transport.sdp;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One m-line and its attributes. Transport attributes here are the section's own; ask the [SessionDescription] for the
/// ones that hold after inheritance.
///
/// Immutable; made by [#builder] or, from an existing one, [#toBuilder].
public final class MediaSection {
    /// RTP over DTLS-SRTP with feedback (RFC 5764 §8, RFC 5124).
    public static final String RTP_PROTOCOL = "UDP/TLS/RTP/SAVPF";

    /// Data channels (RFC 8841 §4).
    public static final String SCTP_PROTOCOL = "UDP/DTLS/SCTP";

    /// The port of an m-line whose address comes by ICE (RFC 8839 §4.2.1.1).
    public static final int DISCARD_PORT = 9;

    private static final String DATA_CHANNEL = "webrtc-datachannel";
    private static final int PAYLOAD_TYPES = 128;

    private final Builder state;
    private final List<RtpFormat> formats;

    private MediaSection(Builder state) {
        this.state = state;
        this.formats = linkRtx(state.formats);
    }

    public static Builder builder(SectionKind kind, String mid) {
        return new Builder(kind, mid);
    }

    public Builder toBuilder() {
        return new Builder(state);
    }

    public SectionKind kind() {
        return state.kind;
    }

    public String mid() {
        return state.mid;
    }

    public int port() {
        return state.port;
    }

    public String protocol() {
        return state.protocol;
    }

    /// Port zero says no, except that a bundle-only m-line has it too (RFC 8843 §6).
    public boolean rejected() {
        return state.port == 0 && !state.bundleOnly;
    }

    public boolean bundleOnly() {
        return state.bundleOnly;
    }

    public Direction direction() {
        return state.direction;
    }

    /// What follows the protocol in the m-line of a data channel section.
    public String applicationFormat() {
        return state.applicationFormat;
    }

    /// All payload types in the order of the m-line, which is the order of preference; rtx among them.
    public List<RtpFormat> formats() {
        return formats;
    }

    public Optional<RtpFormat> format(int payloadType) {
        return formats.stream().filter(f -> f.payloadType() == payloadType).findFirst();
    }

    public Optional<IceCredentials> iceCredentials() {
        return Optional.ofNullable(state.iceCredentials);
    }

    public List<String> iceOptions() {
        return state.iceOptions;
    }

    /// All of them: aiortc sends one per hash function.
    public List<Fingerprint> fingerprints() {
        return state.fingerprints;
    }

    public Optional<Setup> setup() {
        return Optional.ofNullable(state.setup);
    }

    public boolean rtcpMux() {
        return state.rtcpMux;
    }

    public boolean rtcpRsize() {
        return state.rtcpRsize;
    }

    public List<ExtMap> extMaps() {
        return state.extMaps;
    }

    /// The id under which the writer uses this extension.
    public OptionalInt extensionId(String uri) {
        return state.extMaps.stream()
                .filter(e -> e.uri().equals(uri))
                .mapToInt(ExtMap::id)
                .findFirst();
    }

    public List<Msid> msids() {
        return state.msids;
    }

    /// The first msid line, or else the first that a source carries.
    public Optional<Msid> msid() {
        return state.msids.stream()
                .findFirst()
                .or(() -> state.ssrcs.stream().flatMap(s -> s.msids().stream()).findFirst());
    }

    public List<SsrcAttributes> ssrcs() {
        return state.ssrcs;
    }

    public List<SsrcGroup> ssrcGroups() {
        return state.ssrcGroups;
    }

    /// The source that carries the retransmissions of `ssrc`, by its FID group.
    public OptionalLong rtxSsrc(long ssrc) {
        return state.ssrcGroups.stream()
                .filter(g -> g.semantics().equals(SsrcGroup.FID)
                        && g.ssrcs().size() == 2
                        && g.ssrcs().get(0) == ssrc)
                .mapToLong(g -> g.ssrcs().get(1))
                .findFirst();
    }

    public List<Rid> rids() {
        return state.rids;
    }

    public Simulcast simulcast() {
        return state.simulcast;
    }

    /// Attribute values as they came, `candidate:1 1 udp …`.
    public List<String> candidates() {
        return state.candidates;
    }

    public boolean endOfCandidates() {
        return state.endOfCandidates;
    }

    public OptionalInt sctpPort() {
        return state.sctpPort;
    }

    /// Bytes; 0 means no limit (RFC 8841 §6).
    public OptionalLong maxMessageSizeBytes() {
        return state.maxMessageSizeBytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MediaSection section && values().equals(section.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    /// Without credentials and addresses.
    @Override
    public String toString() {
        return "MediaSection[" + state.mid + " " + state.kind.word() + " " + state.direction.word() + "]";
    }

    private List<Object> values() {
        return List.of(
                state.kind,
                state.mid,
                state.port,
                state.protocol,
                state.bundleOnly,
                state.direction,
                state.applicationFormat,
                formats,
                iceCredentials(),
                state.iceOptions,
                state.fingerprints,
                setup(),
                state.rtcpMux,
                state.rtcpRsize,
                state.extMaps,
                state.msids,
                state.ssrcs,
                state.ssrcGroups,
                state.rids,
                state.simulcast,
                state.candidates,
                state.endOfCandidates,
                state.sctpPort,
                state.maxMessageSizeBytes);
    }

    private static List<RtpFormat> linkRtx(List<RtpFormat> formats) {
        int[] rtx = new int[PAYLOAD_TYPES];
        Arrays.fill(rtx, -1);
        for (RtpFormat format : formats) {
            int apt = format.apt();
            if (apt >= 0 && rtx[apt] < 0) {
                rtx[apt] = format.payloadType();
            }
        }
        List<RtpFormat> linked = new ArrayList<>(formats.size());
        for (RtpFormat format : formats) {
            linked.add(format.withRtx(rtx[format.payloadType()]));
        }
        return List.copyOf(linked);
    }

    /// Everything has a default but kind and mid: port 9, the protocol of the kind, `sendrecv`, nothing else.
    public static final class Builder {
        private final SectionKind kind;
        private final String mid;
        private int port = DISCARD_PORT;
        private String protocol;
        private boolean bundleOnly;
        private Direction direction = Direction.SENDRECV;
        private String applicationFormat;
        private List<RtpFormat> formats = List.of();
        private @Nullable IceCredentials iceCredentials;
        private List<String> iceOptions = List.of();
        private List<Fingerprint> fingerprints = List.of();
        private @Nullable Setup setup;
        private boolean rtcpMux;
        private boolean rtcpRsize;
        private List<ExtMap> extMaps = List.of();
        private List<Msid> msids = List.of();
        private List<SsrcAttributes> ssrcs = List.of();
        private List<SsrcGroup> ssrcGroups = List.of();
        private List<Rid> rids = List.of();
        private Simulcast simulcast = Simulcast.NONE;
        private List<String> candidates = List.of();
        private boolean endOfCandidates;
        private OptionalInt sctpPort = OptionalInt.empty();
        private OptionalLong maxMessageSizeBytes = OptionalLong.empty();

        private Builder(SectionKind kind, String mid) {
            this.kind = kind;
            this.mid = mid;
            this.protocol = kind == SectionKind.APPLICATION ? SCTP_PROTOCOL : RTP_PROTOCOL;
            this.applicationFormat = kind == SectionKind.APPLICATION ? DATA_CHANNEL : "";
        }

        private Builder(Builder other) {
            kind = other.kind;
            mid = other.mid;
            port = other.port;
            protocol = other.protocol;
            bundleOnly = other.bundleOnly;
            direction = other.direction;
            applicationFormat = other.applicationFormat;
            formats = other.formats;
            iceCredentials = other.iceCredentials;
            iceOptions = other.iceOptions;
            fingerprints = other.fingerprints;
            setup = other.setup;
            rtcpMux = other.rtcpMux;
            rtcpRsize = other.rtcpRsize;
            extMaps = other.extMaps;
            msids = other.msids;
            ssrcs = other.ssrcs;
            ssrcGroups = other.ssrcGroups;
            rids = other.rids;
            simulcast = other.simulcast;
            candidates = other.candidates;
            endOfCandidates = other.endOfCandidates;
            sctpPort = other.sctpPort;
            maxMessageSizeBytes = other.maxMessageSizeBytes;
        }

        /// Zero rejects the m-line.
        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder protocol(String value) {
            protocol = value;
            return this;
        }

        public Builder bundleOnly(boolean value) {
            bundleOnly = value;
            return this;
        }

        public Builder direction(Direction value) {
            direction = value;
            return this;
        }

        public Builder applicationFormat(String value) {
            applicationFormat = value;
            return this;
        }

        /// In order of preference, each payload type once, rtx formats included.
        public Builder formats(List<RtpFormat> value) {
            formats = List.copyOf(value);
            return this;
        }

        public Builder iceCredentials(IceCredentials value) {
            iceCredentials = value;
            return this;
        }

        public Builder iceOptions(List<String> value) {
            iceOptions = List.copyOf(value);
            return this;
        }

        public Builder fingerprint(Fingerprint value) {
            return fingerprints(List.of(value));
        }

        public Builder fingerprints(List<Fingerprint> value) {
            fingerprints = List.copyOf(value);
            return this;
        }

        public Builder setup(Setup value) {
            setup = value;
            return this;
        }

        public Builder rtcpMux(boolean value) {
            rtcpMux = value;
            return this;
        }

        public Builder rtcpRsize(boolean value) {
            rtcpRsize = value;
            return this;
        }

        public Builder extMaps(List<ExtMap> value) {
            extMaps = List.copyOf(value);
            return this;
        }

        public Builder msid(Msid value) {
            return msids(List.of(value));
        }

        public Builder msids(List<Msid> value) {
            msids = List.copyOf(value);
            return this;
        }

        public Builder ssrcs(List<SsrcAttributes> value) {
            ssrcs = List.copyOf(value);
            return this;
        }

        public Builder ssrcGroups(List<SsrcGroup> value) {
            ssrcGroups = List.copyOf(value);
            return this;
        }

        public Builder rids(List<Rid> value) {
            rids = List.copyOf(value);
            return this;
        }

        public Builder simulcast(Simulcast value) {
            simulcast = value;
            return this;
        }

        /// Attribute values without `a=`, as [io.tributary.transport.ice.IceCandidate#toSdp] makes them.
        public Builder candidates(List<String> value) {
            candidates = List.copyOf(value);
            return this;
        }

        public Builder endOfCandidates(boolean value) {
            endOfCandidates = value;
            return this;
        }

        public Builder sctpPort(int value) {
            sctpPort = OptionalInt.of(value);
            return this;
        }

        public Builder maxMessageSizeBytes(long value) {
            maxMessageSizeBytes = OptionalLong.of(value);
            return this;
        }

        public MediaSection build() {
            return new MediaSection(new Builder(this));
        }
    }
}
