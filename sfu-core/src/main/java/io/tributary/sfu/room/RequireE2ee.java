package io.tributary.sfu.room;

import java.util.Locale;
import java.util.Optional;

/// Whether a room's tracks must be encrypted end to end.
public enum RequireE2ee {
    /// As the first track that is published: encrypted once, encrypted always.
    AUTO,
    ALWAYS,
    /// Everybody decides alone.
    NEVER;

    /// As it is written in configurations and metadata.
    public static Optional<RequireE2ee> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> Optional.of(AUTO);
            case "always" -> Optional.of(ALWAYS);
            case "never" -> Optional.of(NEVER);
            default -> Optional.empty();
        };
    }
}
