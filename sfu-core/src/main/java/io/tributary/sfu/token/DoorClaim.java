package io.tributary.sfu.token;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Our own claim, which marks a token that was handed out at the Matrix door. Such a token makes no room come into
/// being, whatever else it says or the server allows; who may not publish with it is not shown to others; and it has
/// to be used soon. LiveKit's clients and servers ignore the claim.
///
/// There is one way in which somebody with such a token brings a room into being: who had full access and has been in
/// the room comes back after the server was restarted. Clients fetch no other token for a call that they are in, so
/// without this a restart would end all calls.
///
/// @param issuedAtSeconds Unix time at which the door handed the token out, whatever was renewed since
/// @param user who it was given to, as the door verified it: `@user:homeserver`; empty when the claim does not say it
/// @param used whether somebody has been in a room with it: it is a renewal then
/// @param remake what kind of room a renewal brings back; empty for none
public record DoorClaim(long issuedAtSeconds, String user, boolean used, Optional<Remake> remake) {
    /// Beside `video`, at the top of the token.
    public static final String NAME = "tributary";

    /// Within the claim.
    public static final String USER = "user";

    private static final String ISSUED_AT = "iat";
    private static final String USED = "used";
    private static final String REMAKE = "remake";
    private static final String EMPTY_TIMEOUT = "empty_timeout";
    private static final String DEPARTURE_TIMEOUT = "departure_timeout";
    private static final String MAX_PARTICIPANTS = "max_participants";

    /// A room as it was ordered when the token was given out.
    ///
    /// @param maxParticipants 0 for no limit
    public record Remake(int emptyTimeoutSeconds, int departureTimeoutSeconds, int maxParticipants) {
        Map<String, Object> json() {
            return Map.of(
                    EMPTY_TIMEOUT,
                    emptyTimeoutSeconds,
                    DEPARTURE_TIMEOUT,
                    departureTimeoutSeconds,
                    MAX_PARTICIPANTS,
                    maxParticipants);
        }
    }

    /// What the door writes into a token.
    ///
    /// @param holder who it is for: [#USER], and what else people want to see who look into tokens; may be empty
    public static Map<String, Object> fresh(long nowSeconds, Map<String, String> holder, Optional<Remake> remake) {
        Map<String, Object> claim = new LinkedHashMap<>(holder);
        claim.put(ISSUED_AT, nowSeconds);
        remake.ifPresent(room -> claim.put(REMAKE, room.json()));
        return claim;
    }

    /// The room that may be brought back with this token now.
    public Optional<Remake> remakes() {
        return used ? remake : Optional.empty();
    }

    /// Of a token's claims. One that is there and cannot be read counts as one that was handed out long ago: a
    /// mistake must not make a plain token of it.
    static Optional<DoorClaim> of(Map<String, ?> claims) {
        Object claim = claims.get(NAME);
        if (claim == null) {
            return Optional.empty();
        }
        if (!(claim instanceof Map<?, ?> fields)) {
            return Optional.of(new DoorClaim(0, "", false, Optional.empty()));
        }
        long issuedAtSeconds = number(fields.get(ISSUED_AT)).orElse(0);
        String user = fields.get(USER) instanceof String text ? text : "";
        return Optional.of(new DoorClaim(
                issuedAtSeconds, user, Boolean.TRUE.equals(fields.get(USED)), remake(fields.get(REMAKE))));
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

    private static Optional<Remake> remake(@Nullable Object claim) {
        return claim instanceof Map<?, ?> room
                        && room.get(EMPTY_TIMEOUT) instanceof Number empty
                        && room.get(DEPARTURE_TIMEOUT) instanceof Number departure
                        && room.get(MAX_PARTICIPANTS) instanceof Number most
                ? Optional.of(new Remake(empty.intValue(), departure.intValue(), most.intValue()))
                : Optional.empty();
    }

    private static OptionalLong number(@Nullable Object value) {
        return value instanceof Number number ? OptionalLong.of(number.longValue()) : OptionalLong.empty();
    }
}
