package io.tributary.transport.sdp;

import io.tributary.transport.rtp.MediaKind;
import java.util.Locale;
import java.util.Optional;

/// What an m-line is about, by its first word.
public enum SectionKind {
    AUDIO,
    VIDEO,
    APPLICATION;

    /// As in `m=`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The kind of RTP media, empty for data channels.
    public Optional<MediaKind> media() {
        return switch (this) {
            case AUDIO -> Optional.of(MediaKind.AUDIO);
            case VIDEO -> Optional.of(MediaKind.VIDEO);
            case APPLICATION -> Optional.empty();
        };
    }

    static Optional<SectionKind> of(String word) {
        return switch (word) {
            case "audio" -> Optional.of(AUDIO);
            case "video" -> Optional.of(VIDEO);
            case "application" -> Optional.of(APPLICATION);
            default -> Optional.empty();
        };
    }
}
