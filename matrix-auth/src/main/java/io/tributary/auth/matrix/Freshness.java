package io.tributary.auth.matrix;

import io.tributary.transport.http.OutboundReply;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/// How long an answer may be kept by its own word (RFC 9111 §4.2.1), within the bounds that Synapse sets, for operators
/// know those.
final class Freshness {
    static final Duration SHORTEST = Duration.ofMinutes(5);
    static final Duration LONGEST = Duration.ofDays(2);
    private static final Duration UNSAID = Duration.ofDays(1);

    private Freshness() {}

    static Duration of(OutboundReply.Answered answered) {
        Duration said = answered.header("Cache-Control")
                .flatMap(Freshness::maxAge)
                .or(() -> untilExpires(answered))
                .orElse(UNSAID);
        if (said.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return said.compareTo(LONGEST) > 0 ? LONGEST : said;
    }

    private static Optional<Duration> maxAge(String cacheControl) {
        for (String part : cacheControl.toLowerCase(Locale.ROOT).split(",", -1)) {
            String directive = part.strip();
            if (directive.equals("no-store") || directive.equals("no-cache")) {
                return Optional.of(Duration.ZERO);
            }
            if (directive.startsWith("max-age=")) {
                String seconds = directive.substring("max-age=".length()).replace("\"", "");
                // Ten digits are three hundred years, and fit.
                if (seconds.matches("[0-9]{1,10}")) {
                    return Optional.of(Duration.ofSeconds(Long.parseLong(seconds)));
                }
            }
        }
        return Optional.empty();
    }

    /// By the other side's own clock, so that ours needn't agree with it.
    private static Optional<Duration> untilExpires(OutboundReply.Answered answered) {
        Optional<String> expires = answered.header("Expires");
        Optional<String> date = answered.header("Date");
        if (expires.isEmpty() || date.isEmpty()) {
            return Optional.empty();
        }
        try {
            ZonedDateTime from = ZonedDateTime.parse(date.get(), DateTimeFormatter.RFC_1123_DATE_TIME);
            ZonedDateTime to = ZonedDateTime.parse(expires.get(), DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(from, to));
        } catch (DateTimeException e) {
            // "Expires: 0" and the like mean that it has expired (RFC 9111 §5.3).
            return Optional.of(Duration.ZERO);
        }
    }
}
