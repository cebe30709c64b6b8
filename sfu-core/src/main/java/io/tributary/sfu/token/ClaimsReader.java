package io.tributary.sfu.token;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the claims of a token whose signature is already good. What has the wrong type counts as absent: a signer's
/// mistake must never grant more than the default.
final class ClaimsReader {
    private ClaimsReader() {}

    static AccessToken read(String apiKey, Map<String, Object> claims, long expiresAtSeconds) {
        String subject = text(claims, "sub");
        String identity = subject.isEmpty() ? text(claims, "jti") : subject;
        return new AccessToken(
                apiKey,
                new ParticipantIdentity(identity),
                text(claims, "name"),
                ParticipantKind.named(text(claims, "kind")),
                text(claims, "metadata"),
                texts(claims.get("attributes")),
                grant(claims.get("video"), DoorClaim.of(claims).isPresent()),
                expiresAtSeconds,
                withoutNulls(claims));
    }

    /// @param door whether the token was handed out at the Matrix door: it opens one room to one participant and
    ///     administers nothing, and who only watches is not shown
    private static VideoGrant grant(@Nullable Object claim, boolean door) {
        Map<?, ?> video = claim instanceof Map<?, ?> map ? map : Map.of();
        Set<MediaSource> sources = EnumSet.noneOf(MediaSource.class);
        List<String> unknown = new ArrayList<>();
        if (video.get("canPublishSources") instanceof List<?> names) {
            for (Object name : names) {
                Optional<MediaSource> source = MediaSource.named(String.valueOf(name));
                if (source.isPresent()) {
                    sources.add(source.get());
                } else {
                    unknown.add(String.valueOf(name));
                }
            }
        }
        boolean canPublish = flag(video, "canPublish", true);
        return new VideoGrant(
                video.get("room") instanceof String room ? room : "",
                flag(video, "roomJoin", false),
                !door && flag(video, "roomCreate", false),
                !door && flag(video, "roomList", false),
                !door && flag(video, "roomAdmin", false),
                canPublish,
                flag(video, "canSubscribe", true),
                flag(video, "canPublishData", canPublish),
                sources,
                flag(video, "canUpdateOwnMetadata", false),
                flag(video, "canSubscribeMetrics", false),
                flag(video, "hidden", false) || (door && !canPublish),
                flag(video, "recorder", false),
                flag(video, "agent", false),
                unknown);
    }

    /// Absent takes the default; present but not a boolean takes nothing.
    private static boolean flag(Map<?, ?> video, String name, boolean whenAbsent) {
        Object value = video.get(name);
        return value == null ? whenAbsent : value instanceof Boolean flag && flag;
    }

    private static String text(Map<String, Object> claims, String name) {
        return claims.get(name) instanceof String text ? text : "";
    }

    private static Map<String, String> texts(@Nullable Object claim) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (claim instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (key instanceof String name && value instanceof String text) {
                    texts.put(name, text);
                }
            });
        }
        return texts;
    }

    private static Map<String, Object> withoutNulls(Map<String, Object> claims) {
        Map<String, Object> kept = new LinkedHashMap<>();
        claims.forEach((name, value) -> {
            if (value != null) {
                kept.put(name, value);
            }
        });
        return Map.copyOf(kept);
    }
}
