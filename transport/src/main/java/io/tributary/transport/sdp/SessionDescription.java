package io.tributary.transport.sdp;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A whole session description (RFC 8866, RFC 8829). Immutable; made by [#builder] or [SdpReader].
public final class SessionDescription {
    private static final String PREFERRED_HASH = "sha-256";

    private final Builder state;

    private SessionDescription(Builder state) {
        this.state = state;
    }

    /// An empty description of one connection.
    ///
    /// @param originId decimal digits, the same for all descriptions of one connection
    /// @param version grows by one with each description (RFC 8829 §5.2.2)
    public static Builder builder(String originId, long version) {
        return new Builder(originId, version);
    }

    public Builder toBuilder() {
        return new Builder(state);
    }

    public String originId() {
        return state.originId;
    }

    public long version() {
        return state.version;
    }

    /// The mids of the BUNDLE group, in its order.
    public List<String> bundle() {
        return state.bundle;
    }

    public boolean iceLite() {
        return state.iceLite;
    }

    /// At session level.
    public List<String> iceOptions() {
        return state.iceOptions;
    }

    public boolean extmapAllowMixed() {
        return state.extmapAllowMixed;
    }

    /// The value of `a=msid-semantic`, as `WMS *`.
    public Optional<String> msidSemantic() {
        return Optional.ofNullable(state.msidSemantic);
    }

    /// At session level; [#iceCredentials(MediaSection)] inherits.
    public Optional<IceCredentials> iceCredentials() {
        return Optional.ofNullable(state.iceCredentials);
    }

    /// At session level; [#fingerprint(MediaSection)] inherits.
    public List<Fingerprint> fingerprints() {
        return state.fingerprints;
    }

    /// At session level; [#setup(MediaSection)] inherits.
    public Optional<Setup> setup() {
        return Optional.ofNullable(state.setup);
    }

    public List<MediaSection> sections() {
        return state.sections;
    }

    public Optional<MediaSection> section(String mid) {
        return state.sections.stream().filter(s -> s.mid().equals(mid)).findFirst();
    }

    /// Those that hold for `section`: its own, the session's, or else those of the m-line that owns its bundle's
    /// transport (RFC 8843 §7.1).
    public Optional<IceCredentials> iceCredentials(MediaSection section) {
        return section.iceCredentials()
                .or(this::iceCredentials)
                .or(() -> bundleOwner(section).flatMap(MediaSection::iceCredentials));
    }

    /// The one that holds for `section`, SHA-256 where there are several.
    public Optional<Fingerprint> fingerprint(MediaSection section) {
        return preferred(section.fingerprints())
                .or(() -> preferred(state.fingerprints))
                .or(() -> bundleOwner(section).flatMap(owner -> preferred(owner.fingerprints())));
    }

    /// The DTLS role that holds for `section`.
    public Optional<Setup> setup(MediaSection section) {
        return section.setup().or(this::setup).or(() -> bundleOwner(section).flatMap(MediaSection::setup));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SessionDescription description && values().equals(description.values());
    }

    @Override
    public int hashCode() {
        return values().hashCode();
    }

    @Override
    public String toString() {
        return "SessionDescription[" + state.originId + " " + state.version + " " + state.sections + "]";
    }

    private Optional<MediaSection> bundleOwner(MediaSection section) {
        if (!state.bundle.contains(section.mid())) {
            return Optional.empty();
        }
        return state.bundle.stream()
                .flatMap(mid -> section(mid).stream())
                .filter(s -> !s.bundleOnly())
                .findFirst();
    }

    private static Optional<Fingerprint> preferred(List<Fingerprint> fingerprints) {
        return fingerprints.stream()
                .filter(f -> f.algorithm().equals(PREFERRED_HASH))
                .findFirst()
                .or(() -> fingerprints.stream().findFirst());
    }

    private List<Object> values() {
        return List.of(
                state.originId,
                state.version,
                state.bundle,
                state.iceLite,
                state.iceOptions,
                state.extmapAllowMixed,
                msidSemantic(),
                iceCredentials(),
                state.fingerprints,
                setup(),
                state.sections);
    }

    /// Everything but the origin defaults to absent.
    public static final class Builder {
        private final String originId;
        private final long version;
        private List<String> bundle = List.of();
        private boolean iceLite;
        private List<String> iceOptions = List.of();
        private boolean extmapAllowMixed;
        private @Nullable String msidSemantic;
        private @Nullable IceCredentials iceCredentials;
        private List<Fingerprint> fingerprints = List.of();
        private @Nullable Setup setup;
        private List<MediaSection> sections = List.of();

        private Builder(String originId, long version) {
            this.originId = originId;
            this.version = version;
        }

        private Builder(Builder other) {
            originId = other.originId;
            version = other.version;
            bundle = other.bundle;
            iceLite = other.iceLite;
            iceOptions = other.iceOptions;
            extmapAllowMixed = other.extmapAllowMixed;
            msidSemantic = other.msidSemantic;
            iceCredentials = other.iceCredentials;
            fingerprints = other.fingerprints;
            setup = other.setup;
            sections = other.sections;
        }

        public Builder bundle(List<String> value) {
            bundle = List.copyOf(value);
            return this;
        }

        public Builder iceLite(boolean value) {
            iceLite = value;
            return this;
        }

        public Builder iceOptions(List<String> value) {
            iceOptions = List.copyOf(value);
            return this;
        }

        public Builder extmapAllowMixed(boolean value) {
            extmapAllowMixed = value;
            return this;
        }

        public Builder msidSemantic(String value) {
            msidSemantic = value;
            return this;
        }

        public Builder iceCredentials(IceCredentials value) {
            iceCredentials = value;
            return this;
        }

        public Builder fingerprints(List<Fingerprint> value) {
            fingerprints = List.copyOf(value);
            return this;
        }

        public Builder setup(Setup value) {
            setup = value;
            return this;
        }

        public Builder sections(List<MediaSection> value) {
            sections = List.copyOf(value);
            return this;
        }

        public SessionDescription build() {
            return new SessionDescription(new Builder(this));
        }
    }
}
