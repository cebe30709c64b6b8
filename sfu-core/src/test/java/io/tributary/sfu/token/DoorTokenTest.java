package io.tributary.sfu.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.token.TokenIssuer.DoorGrant;
import io.tributary.sfu.token.TokenIssuer.Renewal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tokens as the Matrix door hands them out.
class DoorTokenTest {
    private static final long NOW_MILLIS = 1_795_211_915_123L;
    private static final RoomName ROOM = new RoomName("krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs");

    private static final JsonMapper JSON = new JsonMapper();

    private final ApiKeys keys = new ApiKeys(Map.of("key", "a-secret-of-forty-characters-0123456789a"));
    private final TokenIssuer issuer = new TokenIssuer(keys);

    @Test
    void haveExactlyTheClaimsThatLiveKitExpects() {
        for (boolean canPublish : new boolean[] {true, false}) {
            String token = issuer.createAtDoor(
                    new ParticipantIdentity("@ann:example.org:DEV"),
                    new DoorGrant(ROOM, canPublish, true),
                    Map.of("hs", "example.org"),
                    NOW_MILLIS);

            assertThat(part(token, 0)).isEqualTo(JSON.readTree("{\"alg\":\"HS256\"}"));
            assertThat(part(token, 1)).isEqualTo(JSON.readTree("""
                            {"iss": "key", "sub": "@ann:example.org:DEV", "nbf": 1795211915, "exp": 1795215515,
                             "video": {"room": "krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs", "roomJoin": true,
                                       "roomCreate": false, "canPublish": %s, "canSubscribe": true,
                                       "canUpdateOwnMetadata": true},
                             "%s": {"iat": 1795211915, "hs": "example.org"}}
                            """.formatted(canPublish, DoorClaim.NAME)));
        }
    }

    @Test
    void surviveABrowsersBareAtobWhateverTheIds() {
        long seed = Long.getLong("test.seed", 20_261_121L);
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder identity = new StringBuilder();
            for (int length = random.nextInt(24); length >= 0; length--) {
                identity.appendCodePoint(awkward(random));
            }
            String token = issuer.createAtDoor(
                    new ParticipantIdentity(identity.toString()),
                    new DoorGrant(ROOM, false, true),
                    Map.of("dev", identity.toString()),
                    NOW_MILLIS);

            String payload = token.split("\\.", -1)[1];
            assertThat(payload).as("seed %d, %s", seed, identity).doesNotContain("-", "_");
            // What atob gives a script is one character for each byte.
            String text = new String(Base64.getDecoder().decode(payload), StandardCharsets.ISO_8859_1);
            assertThat(JSON.readTree(text).path("sub").asString()).isEqualTo(identity.toString());
        }
    }

    @Test
    void stayOfTheDoorWhenRenewed() {
        AccessToken token = read(issuer.createAtDoor(
                new ParticipantIdentity("ann~?é"),
                new DoorGrant(ROOM, false, true),
                Map.of(DoorClaim.USER, "@ann:example.org"),
                NOW_MILLIS));
        assertThat(token.door())
                .contains(new DoorClaim(NOW_MILLIS / 1000, "@ann:example.org", false, Optional.empty()));

        String renewed = issuer.refresh(token, new Renewal("", "", Map.of(), token.video()), NOW_MILLIS + 30_000);

        assertThat(read(renewed).door())
                .contains(new DoorClaim(NOW_MILLIS / 1000, "@ann:example.org", true, Optional.empty()));
        assertThat(read(renewed).video()).isEqualTo(token.video());
        assertThat(renewed.split("\\.", -1)[1]).doesNotContain("-", "_");
    }

    @Test
    void administerNothingAndHideWhoOnlyWatches() {
        Map<String, Object> greedy = Map.of(
                "sub",
                "bob",
                DoorClaim.NAME,
                Map.of("iat", 5L),
                "video",
                Map.of(
                        "roomJoin",
                        true,
                        "roomCreate",
                        true,
                        "roomAdmin",
                        true,
                        "roomList",
                        true,
                        "room",
                        "r",
                        "canPublish",
                        false));
        VideoGrant grant = ClaimsReader.read("key", greedy, 0).video();

        assertThat(grant.roomCreate() || grant.roomAdmin() || grant.roomList()).isFalse();
        assertThat(grant.hidden()).isTrue();
        assertThat(grant.canPublishData()).isFalse();
        assertThat(grant.roomJoin()).isTrue();
    }

    @Test
    void areOfTheDoorEvenWhenTheirClaimIsDamaged() {
        for (Object damaged : new Object[] {"", 1L, Map.of(), Map.of("iat", "soon", "used", "yes")}) {
            AccessToken token = ClaimsReader.read("key", Map.of("sub", "bob", DoorClaim.NAME, damaged), 0);
            assertThat(token.door()).as("%s", damaged).contains(new DoorClaim(0, "", false, Optional.empty()));
        }
    }

    /// The characters that make base64url differ from base64, and others.
    private static int awkward(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> ">?~\u007f".charAt(random.nextInt(4));
            case 1 -> 0x80 + random.nextInt(0x700);
            case 2 -> 0x1F600 + random.nextInt(64);
            case 3 -> random.nextInt(0x20);
            default -> 0x20 + random.nextInt(0x5f);
        };
    }

    private AccessToken read(String token) {
        if (new TokenVerifier(keys).verify(token, NOW_MILLIS) instanceof TokenVerdict.Verified(AccessToken verified)) {
            return verified;
        }
        throw new AssertionError("not genuine");
    }

    private static JsonNode part(String token, int number) {
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", -1)[number]));
    }
}
