package io.tributary.auth.endpoint;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tributary.auth.matrix.Timekeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator why somebody got no token, or less than they hoped for, and what to look at: one line for a
/// homeserver and a reason, and not again for a while, since everybody of that homeserver will meet the same. The
/// counters count each.
final class RefusalLog {
    private static final long QUIET_MILLIS = 10_000;

    /// Server names are chosen by strangers, so this bounds what they can make us remember.
    private static final int MAX_KEPT = 10_000;

    private static final Logger log = LoggerFactory.getLogger(TokenDoor.class);

    private static final String MAY_NOT_PUBLISH = "may not publish";

    /// @param what a [DoorRefusal]'s name, or one of our own
    private record Line(String homeserver, String what) {}

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
        if (speaks(new Line(homeserver, refusal.name()))) {
            log.info(
                    "request={} homeserver={} no token: {} ({}); {}", id, homeserver, refusal, detail, advice(refusal));
        } else {
            log.debug("request={} homeserver={} no token: {} ({})", id, homeserver, refusal, detail);
        }
    }

    /// Somebody came by the older endpoint, and `federated_publish` lets them subscribe only.
    ///
    /// @param federatedPublish as configured
    void mayNotPublish(String homeserver, String federatedPublish) {
        if (speaks(new Line(homeserver, MAY_NOT_PUBLISH))) {
            log.info(
                    "homeserver={} a caller of /sfu/get may subscribe only (matrix.federated_publish: {}); if their call"
                            + " has no media of theirs, federated_publish: legacy-only lets such callers publish",
                    homeserver,
                    federatedPublish);
        }
    }

    private boolean speaks(Line line) {
        long now = time.nowMillis();
        boolean[] speaks = new boolean[1];
        quietUntil.asMap().compute(line, (_, until) -> {
            speaks[0] = until == null || now >= until;
            return speaks[0] ? Long.valueOf(now + QUIET_MILLIS) : until;
        });
        return speaks[0];
    }

    /// What to look at.
    static String advice(DoorRefusal refusal) {
        return switch (refusal) {
            case METHOD, HEAD_TOO_LARGE, NOT_JSON, BAD_REQUEST -> "this client speaks something else than clients do";
            case BODY_TOO_LARGE ->
                "clients send a few hundred bytes; matrix.limits.max_body_bytes is how many they may";
            case DELEGATION -> "the client asks again without it";
            case TOKEN_REJECTED ->
                "the token has expired or was never that homeserver's; a client keeps an old one,"
                        + " or somebody made it up";
            case SERVER_NAME -> "what the client calls its homeserver is no server name";
            case SERVER_NOT_FOUND ->
                "check that this machine resolves the homeserver's name, its well-known file and"
                        + " its SRV records; for your own homeserver, say where it is in matrix.trusted_servers";
            case SERVER_NOT_ALLOWED ->
                "the name leads to a private address or an unusual port; if the homeserver is your own, say where it"
                        + " is in matrix.trusted_servers, or allow its network in matrix.allowed_networks";
            case SERVER_UNREACHABLE ->
                "check from this machine that the homeserver's port 8448, or the one it delegates"
                        + " to, can be reached: firewalls, hairpin NAT, a federation listener that is off";
            case SERVER_CERTIFICATE ->
                "the homeserver's certificate has to be for its name after well-known delegation"
                        + " and of an authority that this machine knows, or one in matrix.ca_file";
            case SERVER_TIMEOUT -> "the homeserver, or a name server on the way to it, is too slow or drops packets";
            case SERVER_ANSWER ->
                "the homeserver's proxy has to forward /_matrix/federation, and its listener has to"
                        + " serve the openid or federation resource";
            case FOREIGN_USER -> "the homeserver called a user of another one its own: it is broken, or it lies";
            case CLAIMED_USER -> "somebody showed another user's token";
            case DENIED -> "a rule of matrix.rules denies this user";
            case ROOM_CEILING -> "max_rooms of this rule of matrix.rules is reached";
            case ROOM_FAILED -> "the SFU did not make the room: is it running, and are key and secret its own?";
            case SOURCE_RATE ->
                "raise matrix.limits.source_burst and source_per_minute if many people share the address; behind a"
                        + " proxy, check that it sends X-Forwarded-For and is in matrix.trusted_proxies";
            case USER_RATE ->
                "a client of this user asks in a loop; if it is right to, raise matrix.limits.user_burst and"
                        + " user_per_minute";
            case SERVER_RATE ->
                "raise matrix.limits.server_burst and server_per_minute, or name the homeserver in matrix.rules or"
                        + " matrix.full_access_homeservers";
            case MAX_PENDING ->
                "homeservers answer slowly, or somebody keeps this server busy; raise matrix.limits.max_pending if"
                        + " there is memory for more";
            case MAX_OUTBOUND ->
                "homeservers that are not named in the configuration answer slowly, or there are many of them; raise"
                        + " matrix.limits.max_outbound";
            case MAX_OUTBOUND_KNOWN ->
                "a homeserver that is named in the configuration answers slowly, or many people of it come at once;"
                        + " raise matrix.limits.max_outbound_known, of which one homeserver gets half";
            case MAX_OUTBOUND_PER_SERVER ->
                "this homeserver answers slowly, or many people of it come at once; raise"
                        + " matrix.limits.max_outbound_per_server, or name it in matrix.rules or"
                        + " matrix.full_access_homeservers";
            case NO_MEMORY -> "give this process more memory: TRIBUTARY_HEAP, or -Xmx";
            case INTERNAL -> "this is a bug of ours: please report it with the lines around it";
        };
    }
}
