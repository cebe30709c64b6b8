package io.tributary.sfu.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Signs tokens with the server's first key.
public final class TokenIssuer {
    /// A renewed token lives at least this long, so that a client that reconnects late still gets in.
    private static final long SHORTEST_RENEWAL_SECONDS = 600;

    /// As lk-jwt-service: clients ask for a new token for each call, and participants get renewals.
    private static final long DOOR_TOKEN_SECONDS = 3_600;

    /// Others' clocks are not exact either.
    private static final long BACKDATED_SECONDS = 10;

    private static final JsonMapper JSON = new JsonMapper();

    private final ApiKeys keys;

    public TokenIssuer(ApiKeys keys) {
        this.keys = keys;
    }

    /// A fresh token for somebody.
    ///
    /// @param video grants by their claim names, `roomJoin`, `room` …
    /// @param nowMillis Unix time
    public String create(
            ParticipantIdentity identity, String name, Map<String, ?> video, long nowMillis, long validSeconds) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", identity.value());
        putOrRemove(claims, "name", name);
        claims.put("video", Map.copyOf(video));
        return signFor(claims, nowMillis, validSeconds);
    }

    /// A token for asking another server's room service.
    ///
    /// @param video grants by their claim names
    /// @param nowMillis Unix time
    public String createForService(Map<String, ?> video, long nowMillis, long validSeconds) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("video", Map.copyOf(video));
        return signFor(claims, nowMillis, validSeconds);
    }

    /// A token as the Matrix door hands it out: it lets one participant into one room, which must exist, and
    /// administers
    /// nothing.
    ///
    /// @param holder see [DoorClaim#fresh]
    /// @param nowMillis Unix time
    public String createAtDoor(
            ParticipantIdentity identity, DoorGrant grant, Map<String, String> holder, long nowMillis) {
        Map<String, Object> video = new LinkedHashMap<>();
        video.put("room", grant.room().value());
        video.put("roomJoin", true);
        video.put("roomCreate", false);
        video.put("canPublish", grant.canPublish());
        video.put("canSubscribe", true);
        video.put("canUpdateOwnMetadata", grant.canUpdateOwnMetadata());
        long nowSeconds = nowMillis / 1000;
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", identity.value());
        claims.put("video", video);
        claims.put(DoorClaim.NAME, DoorClaim.fresh(nowSeconds, holder, grant.remake()));
        // To the second what lk-jwt-service writes: some compare.
        return sign(claims, nowSeconds, nowSeconds + DOOR_TOKEN_SECONDS);
    }

    /// What the door grants.
    ///
    /// @param remake see [DoorClaim]
    public record DoorGrant(
            RoomName room, boolean canPublish, boolean canUpdateOwnMetadata, Optional<DoorClaim.Remake> remake) {
        /// Without bringing any room back.
        public DoorGrant(RoomName room, boolean canPublish, boolean canUpdateOwnMetadata) {
            this(room, canPublish, canUpdateOwnMetadata, Optional.empty());
        }
    }

    /// `token` with what its bearer has become. Claims that are not known here stay as they are.
    ///
    /// @param nowMillis Unix time
    public String refresh(AccessToken token, Renewal renewal, long nowMillis) {
        Map<String, Object> claims = new LinkedHashMap<>(token.claims());
        claims.put("sub", token.identity().value());
        putOrRemove(claims, "name", renewal.name());
        putOrRemove(claims, "metadata", renewal.metadata());
        if (renewal.attributes().isEmpty()) {
            claims.remove("attributes");
        } else {
            claims.put("attributes", renewal.attributes());
        }
        claims.put("video", renewed(claims.get("video"), renewal.grant()));
        claims.computeIfPresent(DoorClaim.NAME, (_, claim) -> DoorClaim.used(claim));
        long remainingSeconds = token.expiresAtSeconds() - nowMillis / 1000;
        return signFor(claims, nowMillis, Math.max(SHORTEST_RENEWAL_SECONDS, remainingSeconds));
    }

    /// What may have changed since the token was made.
    public record Renewal(String name, String metadata, Map<String, String> attributes, VideoGrant grant) {
        public Renewal {
            attributes = Map.copyOf(attributes);
        }
    }

    private static Map<String, Object> renewed(@Nullable Object present, VideoGrant grant) {
        Map<String, Object> video = new LinkedHashMap<>();
        if (present instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name instanceof String text && value != null) {
                    video.put(text, value);
                }
            });
        }
        video.put("canPublish", grant.canPublish());
        video.put("canSubscribe", grant.canSubscribe());
        video.put("canPublishData", grant.canPublishData());
        video.put("canUpdateOwnMetadata", grant.canUpdateOwnMetadata());
        putOrRemove(video, "canSubscribeMetrics", grant.canSubscribeMetrics());
        putOrRemove(video, "hidden", grant.hidden());
        putOrRemove(video, "recorder", grant.recorder());
        putOrRemove(video, "agent", grant.agent());
        List<String> sources = grant.sourceNames();
        if (sources.isEmpty()) {
            video.remove("canPublishSources");
        } else {
            video.put("canPublishSources", sources);
        }
        return video;
    }

    private static void putOrRemove(Map<String, Object> claims, String name, String value) {
        if (value.isEmpty()) {
            claims.remove(name);
        } else {
            claims.put(name, value);
        }
    }

    private static void putOrRemove(Map<String, Object> claims, String name, boolean value) {
        if (value) {
            claims.put(name, true);
        } else {
            claims.remove(name);
        }
    }

    private String signFor(Map<String, Object> claims, long nowMillis, long validSeconds) {
        long nowSeconds = nowMillis / 1000;
        return sign(claims, nowSeconds - BACKDATED_SECONDS, nowSeconds + validSeconds);
    }

    private String sign(Map<String, Object> claims, long notBeforeSeconds, long expiresAtSeconds) {
        String key = keys.first();
        claims.put("iss", key);
        claims.put("nbf", notBeforeSeconds);
        claims.put("exp", expiresAtSeconds);
        var jws = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(inBothAlphabets(claims)));
        try {
            jws.sign(new MACSigner(keys.secret(key).orElseThrow()));
        } catch (JOSEException e) {
            throw new IllegalStateException("a padded secret always signs", e);
        }
        return jws.serialize();
    }

    /// The claims as JSON whose base64url form is its base64 form too, because there are clients that take a token
    /// apart with a browser's bare `atob`. The two alphabets differ in the values 62 and 63, which only bytes from
    /// `0x7e` up and `>` and `?` can bring about; in JSON these occur in strings only, where they can be escaped.
    private static String inBothAlphabets(Map<String, Object> claims) {
        String json = JSON.writeValueAsString(claims);
        StringBuilder escaped = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c >= '~' || c == '>' || c == '?') {
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
