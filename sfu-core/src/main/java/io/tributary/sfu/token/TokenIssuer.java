package io.tributary.sfu.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Signs tokens with the server's first key.
public final class TokenIssuer {
    /// A renewed token lives at least this long, so that a client that reconnects late still gets in.
    private static final long SHORTEST_RENEWAL_SECONDS = 600;

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
        return sign(claims, nowMillis, validSeconds);
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
        long remainingSeconds = token.expiresAtSeconds() - nowMillis / 1000;
        return sign(claims, nowMillis, Math.max(SHORTEST_RENEWAL_SECONDS, remainingSeconds));
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

    private String sign(Map<String, Object> claims, long nowMillis, long validSeconds) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach(set::claim);
        String key = keys.first();
        set.issuer(key);
        // Seconds, and a little in the past: others' clocks are not exact either.
        set.notBeforeTime(Date.from(Instant.ofEpochMilli(nowMillis - 10_000)));
        set.expirationTime(Date.from(Instant.ofEpochMilli(nowMillis + validSeconds * 1000)));
        SignedJWT jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), set.build());
        try {
            jwt.sign(new MACSigner(keys.secret(key).orElseThrow()));
        } catch (JOSEException e) {
            throw new IllegalStateException("a padded secret always signs", e);
        }
        return jwt.serialize();
    }
}
