package io.tributary.sfu.token;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Our own claim, which marks a token that was handed out at the Matrix door. Such a token never makes a room come
/// into being, whatever else it says or the server allows; who may not publish with it is not shown to others; and it
/// has to be used soon. LiveKit's clients and servers ignore the claim.
///
/// @param issuedAtSeconds Unix time at which the door handed the token out, whatever was renewed since
/// @param used whether somebody has been in a room with it: it is a renewal then
public record DoorClaim(long issuedAtSeconds, boolean used) {
    /// Beside `video`, at the top of the token.
    public static final String NAME = "tributary";

    private static final String ISSUED_AT = "iat";
    private static final String USED = "used";

    /// What the door writes into a token.
    ///
    /// @param holder who it is for, for people who look into tokens: homeserver, user, device; may be empty
    public static Map<String, Object> fresh(long nowSeconds, Map<String, String> holder) {
        Map<String, Object> claim = new LinkedHashMap<>(holder);
        claim.put(ISSUED_AT, nowSeconds);
        return claim;
    }

    /// Of a token's claims. One that is there and cannot be read counts as one that was handed out long ago: a
    /// mistake must not make a plain token of it.
    static Optional<DoorClaim> of(Map<String, ?> claims) {
        Object claim = claims.get(NAME);
        if (claim == null) {
            return Optional.empty();
        }
        if (!(claim instanceof Map<?, ?> fields)) {
            return Optional.of(new DoorClaim(0, false));
        }
        long issuedAtSeconds = number(fields.get(ISSUED_AT)).orElse(0);
        return Optional.of(new DoorClaim(issuedAtSeconds, Boolean.TRUE.equals(fields.get(USED))));
    }

    /// The claim as a renewal carries it.
    static Object used(Object claim) {
        Map<String, Object> renewed = new LinkedHashMap<>();
        if (claim instanceof Map<?, ?> fields) {
            fields.forEach((name, value) -> {
                if (name instanceof String text && value != null) {
                    renewed.put(text, value);
                }
            });
        }
        renewed.put(USED, true);
        return renewed;
    }

    private static OptionalLong number(@Nullable Object value) {
        return value instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }
}
