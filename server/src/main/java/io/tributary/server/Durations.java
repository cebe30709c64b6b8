package io.tributary.server;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `30s`, `5m`, `6h`, `2d`, and bare seconds.
final class Durations {
    /// Nine digits fit every unit without overflow.
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})([smhd]?)");

    private Durations() {}

    static Optional<Duration> parse(String text) {
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long count = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "m" -> Duration.ofMinutes(count);
                    case "h" -> Duration.ofHours(count);
                    case "d" -> Duration.ofDays(count);
                    default -> Duration.ofSeconds(count);
                });
    }
}
