package io.tributary.sfu.token;

import java.util.Locale;
import java.util.Optional;

/// What a track shows or records, as grants and tracks name it; in the order of LiveKit's wire numbers.
public enum MediaSource {
    UNKNOWN,
    CAMERA,
    MICROPHONE,
    SCREEN_SHARE,
    SCREEN_SHARE_AUDIO;

    /// `camera`, `screen_share_audio`: the spelling of grants.
    public String grantName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// By grant spelling, whatever the case.
    public static Optional<MediaSource> named(String grantName) {
        for (MediaSource source : values()) {
            if (source.grantName().equalsIgnoreCase(grantName)) {
                return Optional.of(source);
            }
        }
        return Optional.empty();
    }
}
