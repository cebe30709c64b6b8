package io.tributary.auth.endpoint;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tributary.auth.matrix.Timekeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator why somebody got no token and what to look at: one line for a homeserver and a reason, and not
/// again for a while, since everybody of that homeserver will meet the same. The counters count each.
final class RefusalLog {
    private static final long QUIET_MILLIS = 10_000;

    /// Server names are chosen by strangers, so this bounds what they can make us remember.
    private static final int MAX_KEPT = 10_000;

    private static final Logger log = LoggerFactory.getLogger(TokenDoor.class);

    private record Line(String homeserver, DoorRefusal refusal) {}

    private final Timekeeper time;
    private final Cache<Line, Long> quietUntil =
            Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

    RefusalLog(Timekeeper time) {
        this.time = time;
    }

    /// @param id in the reply's header, too
    /// @param homeserver a server name, or a dash
    /// @param detail holds no token and nobody's name
    void refused(String id, String homeserver, DoorRefusal refusal, String detail) {
        long now = time.nowMillis();
        boolean[] speaks = new boolean[1];
        quietUntil.asMap().compute(new Line(homeserver, refusal), (_, until) -> {
            speaks[0] = until == null || now >= until;
            return speaks[0] ? Long.valueOf(now + QUIET_MILLIS) : until;
        });
        if (speaks[0]) {
            log.info(
                    "request={} homeserver={} no token: {} ({}); {}", id, homeserver, refusal, detail, advice(refusal));
        } else {
            log.debug("request={} homeserver={} no token: {} ({})", id, homeserver, refusal, detail);
        }
    }

    /// What to look at.
    static String advice(DoorRefusal refusal) {
        return switch (refusal) {
            case METHOD, BODY_TOO_LARGE, NOT_JSON, BAD_REQUEST -> "this client speaks something else than clients do";
            case DELEGATION -> "the client asks again without it";
            case TOKEN_REJECTED ->
                "the token has expired or was never that homeserver's; a client keeps an old one,"
                        + " or somebody made it up";
            case SERVER_NAME -> "what the client calls its homeserver is no server name";
            case SERVER_NOT_FOUND ->
                "check that this machine resolves the homeserver's name, its well-known file and"
                        + " its SRV records; for your own homeserver, name its address under trusted servers";
            case SERVER_NOT_ALLOWED ->
                "the name leads to a private address or an unusual port; if the homeserver is"
                        + " your own, name its address under trusted servers, or allow its network";
            case SERVER_UNREACHABLE ->
                "check from this machine that the homeserver's port 8448, or the one it delegates"
                        + " to, can be reached: firewalls, hairpin NAT, a federation listener that is off";
            case SERVER_CERTIFICATE ->
                "the homeserver's certificate has to be for its name after well-known delegation"
                        + " and of an authority that this machine knows; name yours in the CA file";
            case SERVER_TIMEOUT -> "the homeserver, or a name server on the way to it, is too slow or drops packets";
            case SERVER_ANSWER ->
                "the homeserver's proxy has to forward /_matrix/federation, and its listener has to"
                        + " serve the openid or federation resource";
            case FOREIGN_USER -> "the homeserver called a user of another one its own: it is broken, or it lies";
            case CLAIMED_USER -> "somebody showed another user's token";
            case DENIED -> "a rule of yours denies this user";
            case ROOM_CEILING -> "the rule's ceiling on rooms is reached";
            case ROOM_FAILED -> "the SFU did not make the room: is it running, and are key and secret its own?";
            case SOURCE_RATE ->
                "raise the limit for one address if many people share it; behind a proxy, check that"
                        + " it sends X-Forwarded-For and that its address is among the trusted ones";
            case USER_RATE -> "a client of this user asks in a loop; raise the limit for one user if it is right to";
            case SERVER_RATE -> "raise the limit for one homeserver, or name it among those with full access";
            case BUSY -> "homeservers answer slowly, or somebody keeps this server busy";
            case INTERNAL -> "this is a bug of ours: please report it with the lines around it";
        };
    }
}
