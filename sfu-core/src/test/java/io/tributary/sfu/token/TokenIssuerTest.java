package io.tributary.sfu.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.token.TokenIssuer.Renewal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {
    private static final long NOW_MILLIS = 1_795_211_915_000L;

    private final ApiKeys keys =
            new ApiKeys(ordered("first", "a long enough secret of ours, surely", "second", "short"));
    private final TokenIssuer issuer = new TokenIssuer(keys);
    private final TokenVerifier verifier = new TokenVerifier(keys);

    @Test
    void whatItMakesIsGenuine() {
        String token = issuer.create(
                new ParticipantIdentity("ann"), "Ann", Map.of("roomJoin", true, "room", "kitchen"), NOW_MILLIS, 3_600);
        AccessToken read = read(token);
        assertThat(read.identity().value()).isEqualTo("ann");
        assertThat(read.name()).isEqualTo("Ann");
        assertThat(read.video().roomJoin()).isTrue();
        assertThat(read.expiresAtSeconds()).isEqualTo(NOW_MILLIS / 1000 + 3_600);
    }

    @Test
    void aRenewalSpeaksOfThePresentAndKeepsWhatItDoesNotKnow() {
        Map<String, Object> video = Map.of("roomJoin", true, "room", "kitchen", "newGrant", "x");
        Map<String, Object> claims = Map.of(
                "iss",
                "second",
                "jti",
                "ann",
                "roomConfig",
                Map.of("emptyTimeout", 5),
                "observability",
                Map.of("a", List.of(1, 2)),
                "attributes",
                Map.of("old", "1"),
                "metadata",
                "old",
                "video",
                video);
        AccessToken old = ClaimsReader.read("second", claims, NOW_MILLIS / 1000 + 5);
        VideoGrant now =
                old.video().with(true, false, false, Set.of(MediaSource.CAMERA), true, false, false, false, false);
        AccessToken renewed = read(issuer.refresh(old, new Renewal("Ann", "", Map.of("k", "v"), now), NOW_MILLIS));
        assertThat(renewed.apiKey()).isEqualTo("first");
        assertThat(renewed.identity()).isEqualTo(old.identity());
        assertThat(renewed.name()).isEqualTo("Ann");
        assertThat(renewed.metadata()).isEmpty();
        assertThat(renewed.attributes()).isEqualTo(Map.of("k", "v"));
        assertThat(renewed.video()).isEqualTo(now);
        assertThat(renewed.claims()).containsKeys("roomConfig", "observability");
        assertThat(renewed.claims().get("observability")).hasToString("{a=[1, 2]}");
        assertThat(renewed.claims().get("video")).asString().contains("newGrant=x");
    }

    @Test
    void aRenewalLivesTenMinutesOrWhatIsLeft() {
        assertThat(renewedAfter(5)).isEqualTo(600);
        assertThat(renewedAfter(-5)).isEqualTo(600);
        assertThat(renewedAfter(7_200)).isEqualTo(7_200);
    }

    @Test
    void secretsAndTokensDoNotPrint() {
        assertThat(keys.toString()).doesNotContain("surely").contains("first");
        String token = issuer.create(new ParticipantIdentity("@ann:example.org"), "", Map.of(), NOW_MILLIS, 60);
        assertThat(read(token).toString()).doesNotContain("ann");
    }

    private long renewedAfter(long remainingSeconds) {
        AccessToken old = ClaimsReader.read("first", Map.of("sub", "ann"), NOW_MILLIS / 1000 + remainingSeconds);
        String renewed = issuer.refresh(old, new Renewal("", "", Map.of(), old.video()), NOW_MILLIS);
        return read(renewed).expiresAtSeconds() - NOW_MILLIS / 1000;
    }

    private AccessToken read(String token) {
        TokenVerdict verdict = verifier.verify(token, NOW_MILLIS);
        if (verdict instanceof TokenVerdict.Verified(AccessToken accessToken)) {
            return accessToken;
        }
        throw new AssertionError(verdict);
    }

    private static Map<String, String> ordered(String key, String secret, String otherKey, String otherSecret) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(key, secret);
        keys.put(otherKey, otherSecret);
        return keys;
    }
}
