package io.tributary.sfu.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenVerifierTest {
    private static final long NOW_MILLIS = 1_795_211_915_000L;
    private static final String KEY = "devkey";
    private static final String SECRET = "secret";

    private final TokenVerifier verifier = new TokenVerifier(new ApiKeys(Map.of(KEY, SECRET)));

    @Test
    void readsWhatATokenSays() {
        Map<String, Object> claims = claims();
        claims.put("name", "Ann");
        claims.put("kind", "agent");
        claims.put("metadata", "hello");
        claims.put("attributes", Map.of("k", "v"));
        claims.put(
                "video",
                Map.of(
                        "roomJoin", true,
                        "room", "kitchen",
                        "canPublish", false,
                        "canPublishSources", List.of("camera", "SCREEN_SHARE"),
                        "hidden", true));
        AccessToken token = verified(sign(claims));
        assertThat(token.apiKey()).isEqualTo(KEY);
        assertThat(token.identity().value()).isEqualTo("@ann:example.org:DEVICE");
        assertThat(token.name()).isEqualTo("Ann");
        assertThat(token.kind()).isEqualTo(ParticipantKind.AGENT);
        assertThat(token.metadata()).isEqualTo("hello");
        assertThat(token.attributes()).containsEntry("k", "v");
        assertThat(token.room()).isEqualTo(new RoomName("kitchen"));
        assertThat(token.video().canPublishData()).as("follows canPublish").isFalse();
        assertThat(token.video().canSubscribe()).as("by default").isTrue();
        assertThat(token.video().canUpdateOwnMetadata()).as("by default").isFalse();
        assertThat(token.video().hidden()).isTrue();
        assertThat(token.video().publishSources())
                .containsExactlyInAnyOrder(MediaSource.CAMERA, MediaSource.SCREEN_SHARE);
    }

    @Test
    void publishingIsGrantedByDefaultAndOnlyFromNamedSources() {
        VideoGrant all = verified(sign(claims())).video();
        assertThat(all.canPublish()).isTrue();
        assertThat(all.canPublishData()).isTrue();
        assertThat(all.mayPublish(MediaSource.UNKNOWN)).isTrue();
        Map<String, Object> claims = claims();
        claims.put("video", Map.of("roomJoin", true, "canPublishSources", List.of("hologram")));
        VideoGrant none = verified(sign(claims)).video();
        assertThat(none.mayPublish(MediaSource.CAMERA)).isFalse();
    }

    @Test
    void claimsOfTheWrongTypeGrantNothing() {
        Map<String, Object> claims = claims();
        claims.put("video", Map.of("roomJoin", "true", "canPublish", "yes", "canSubscribe", 1, "room", 7));
        VideoGrant grant = verified(sign(claims)).video();
        assertThat(grant.roomJoin()).isFalse();
        assertThat(grant.canPublish()).isFalse();
        assertThat(grant.canSubscribe()).isFalse();
        assertThat(grant.room()).isEmpty();
        claims.put("video", "everything");
        assertThat(verified(sign(claims)).video().roomJoin()).isFalse();
    }

    @Test
    void theIdentityMayBeInJti() {
        Map<String, Object> claims = claims();
        claims.remove("sub");
        claims.put("jti", "old-style");
        assertThat(verified(sign(claims)).identity().value()).isEqualTo("old-style");
        claims.remove("jti");
        assertThat(verified(sign(claims)).identity().value()).isEmpty();
    }

    @Test
    void refusesWhatIsNoToken() {
        for (String text : List.of("", "x", "a.b", "a.b.c", "...", "a.b.c.d.e", "e30.e30.e30", "\u0000", "ü.ü.ü")) {
            assertThat(refusal(text)).as(text).isEqualTo("invalid authorization token");
        }
    }

    @Test
    void refusesUnknownKeys() {
        Map<String, Object> claims = claims();
        claims.put("iss", "nokey");
        assertThat(refusal(sign(claims))).isEqualTo("invalid API key: nokey");
        claims.put("iss", "<script>\n" + "x".repeat(500));
        assertThat(refusal(sign(claims))).hasSizeLessThan(100).doesNotContain("\n");
        claims.remove("iss");
        assertThat(refusal(sign(claims))).isEqualTo("invalid API key: ");
    }

    @Test
    void refusesAWrongSecret() {
        assertThat(refusal(sign(claims(), JWSAlgorithm.HS256, macSigner("another secret"))))
                .isEqualTo("invalid token: <token>, error: token signature is invalid: signature is invalid");
    }

    @Test
    void refusesAChangedToken() {
        String[] parts = sign(claims()).split("\\.", -1);
        Map<String, Object> better = claims();
        better.put("video", Map.of("roomAdmin", true));
        String forged = parts[0] + "." + sign(better).split("\\.", -1)[1] + "." + parts[2];
        assertThat(refusal(forged)).contains("signature is invalid");
    }

    @Test
    void refusesAlgNone() {
        String header = base64("{\"alg\":\"none\"}");
        String payload = sign(claims()).split("\\.", -1)[1];
        assertThat(verifier.verify(header + "." + payload + ".", NOW_MILLIS)).isInstanceOf(TokenVerdict.Refused.class);
    }

    @Test
    void refusesOtherAlgorithmsEvenWithTheRightSecret() throws GeneralSecurityException {
        assertThat(refusal(sign(claims(), JWSAlgorithm.HS512, macSigner("secret"))))
                .contains("signing method is invalid");
        var pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        assertThat(refusal(sign(claims(), JWSAlgorithm.RS256, new RSASSASigner(pair.getPrivate()))))
                .contains("signing method is invalid");
    }

    @Test
    void anExpiryIsRequiredAndHasAMinuteOfLeeway() {
        Map<String, Object> claims = claims();
        claims.remove("exp");
        assertThat(refusal(sign(claims))).contains("exp claim is required");
        claims.put("exp", at(-59));
        verified(sign(claims));
        claims.put("exp", at(-60));
        assertThat(refusal(sign(claims)))
                .isEqualTo("invalid token: <token>, error: token has invalid claims: token is expired");
    }

    @Test
    void notBeforeHasAMinuteOfLeewayToo() {
        Map<String, Object> claims = claims();
        claims.put("nbf", at(60));
        verified(sign(claims));
        claims.put("nbf", at(61));
        assertThat(refusal(sign(claims)))
                .isEqualTo("invalid token: <token>, error: token has invalid claims: token is not valid yet");
    }

    @Test
    void refusesATokenTooLargeToLookAt() {
        Map<String, Object> claims = claims();
        claims.put("metadata", "x".repeat(100_000));
        assertThat(refusal(sign(claims))).isEqualTo("invalid authorization token");
        assertThat(refusal("a".repeat(10_000_000))).isEqualTo("invalid authorization token");
    }

    /// Bytes turned at random, from a fixed seed: a verdict each time, and never a good one.
    @Test
    void neverThrowsAndNeverBelievesDamage() {
        Random random = new Random(4711);
        byte[] good = sign(claims()).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 5_000; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] = (byte) random.nextInt(256);
            String text = new String(bad, StandardCharsets.ISO_8859_1);
            TokenVerdict verdict = verifier.verify(text, NOW_MILLIS);
            // The last character of a part carries bits that mean nothing: the same bytes in other words.
            boolean sameBytes = Arrays.equals(decode(text), decode(new String(good, StandardCharsets.ISO_8859_1)));
            assertThat(verdict instanceof TokenVerdict.Refused || sameBytes)
                    .as("turn %d at %d: %s", i, at, text)
                    .isTrue();
        }
    }

    private static byte[] decode(String token) {
        try {
            String joined = String.join(
                    "",
                    Arrays.stream(token.split("\\.", -1))
                            .map(part -> Arrays.toString(Base64.getUrlDecoder().decode(part)))
                            .toList());
            return joined.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private AccessToken verified(String token) {
        TokenVerdict verdict = verifier.verify(token, NOW_MILLIS);
        if (verdict instanceof TokenVerdict.Verified(AccessToken accessToken)) {
            return accessToken;
        }
        throw new AssertionError(verdict);
    }

    private String refusal(String token) {
        TokenVerdict verdict = verifier.verify(token, NOW_MILLIS);
        if (verdict instanceof TokenVerdict.Refused(int status, String body)) {
            assertThat(status).isEqualTo(401);
            return body;
        }
        throw new AssertionError(verdict);
    }

    private static Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", KEY);
        claims.put("sub", "@ann:example.org:DEVICE");
        claims.put("exp", at(3600));
        claims.put("video", Map.of("roomJoin", true, "room", "kitchen"));
        return claims;
    }

    private static Date at(long seconds) {
        return Date.from(Instant.ofEpochMilli(NOW_MILLIS + seconds * 1000));
    }

    private static String sign(Map<String, Object> claims) {
        return sign(claims, JWSAlgorithm.HS256, macSigner(SECRET));
    }

    private static String sign(Map<String, Object> claims, JWSAlgorithm algorithm, JWSSigner signer) {
        JWTClaimsSet.Builder set = new JWTClaimsSet.Builder();
        claims.forEach(set::claim);
        SignedJWT jwt = new SignedJWT(new JWSHeader(algorithm), set.build());
        try {
            jwt.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return jwt.serialize();
    }

    /// Padded far enough for HS512, which changes no HMAC.
    private static JWSSigner macSigner(String secret) {
        try {
            return new MACSigner(Arrays.copyOf(secret.getBytes(StandardCharsets.UTF_8), 64));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
