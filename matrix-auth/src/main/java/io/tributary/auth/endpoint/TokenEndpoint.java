package io.tributary.auth.endpoint;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessDecision;
import io.tributary.auth.access.AccessPolicy;
import io.tributary.auth.access.AccessRequest;
import io.tributary.auth.access.CallNames;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.RoomCeilings;
import io.tributary.auth.access.RoomPlan;
import io.tributary.auth.access.TokenGrant;
import io.tributary.auth.access.TokenMinter;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.matrix.Deadline;
import io.tributary.auth.matrix.ServerTrouble;
import io.tributary.auth.matrix.UserId;
import io.tributary.auth.openid.Bottleneck;
import io.tributary.auth.openid.OpenIdVerifier;
import io.tributary.auth.openid.RateLimit;
import io.tributary.auth.openid.Verification;
import io.tributary.transport.http.HttpRequest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides one request, in the order that lk-jwt-service's clients know: what it says, who it is, what they may, the
/// token, the room. Each step is a value that goes on or an [Admission.Denied] that ends it.
final class TokenEndpoint {
    private static final Logger log = LoggerFactory.getLogger(TokenDoor.class);

    /// What is left of a request once it has been read.
    sealed interface Opened {
        record Ended(Admission.Denied denied) implements Opened {}

        /// @param waitMillis until it is its address's turn
        record Read(TokenRequest request, long waitMillis) implements Opened {}
    }

    private final DoorSettings settings;
    private final TokenRequestReader reader;
    private final OpenIdVerifier verifier;
    private final AccessPolicy policy;
    private final RoomCeilings rooms;
    private final TokenMinter minter;
    private final DoorRates rates;
    private final DoorCounters counters;
    private final RefusalLog refusals;

    TokenEndpoint(
            DoorSettings settings,
            OpenIdVerifier verifier,
            AccessPolicy policy,
            RoomCeilings rooms,
            TokenMinter minter,
            DoorRates rates,
            DoorCounters counters,
            RefusalLog refusals) {
        this.settings = settings;
        this.reader = new TokenRequestReader(settings.strictJson());
        this.verifier = verifier;
        this.policy = policy;
        this.rooms = rooms;
        this.minter = minter;
        this.rates = rates;
        this.counters = counters;
        this.refusals = refusals;
    }

    /// Reads a request and takes its place in line. Waits for nothing, and nothing that it returns holds the body.
    Opened open(TokenRoute route, HttpRequest http) {
        return switch (rates.source(SourceAddress.of(http, settings.trustedProxies()))) {
            case RateLimit.Turn.Refused(long retryAfterMillis) ->
                new Opened.Ended(DoorRates.refuse(DoorRefusal.SOURCE_RATE, "-", retryAfterMillis));
            case RateLimit.Turn.Granted(long waitMillis) ->
                switch (reader.read(route, http.body())) {
                    case TokenRequestReader.Reading.Unread(DoorRefusal refusal, String error) ->
                        new Opened.Ended(new Admission.Denied(refusal, unread(refusal, error), "-", error));
                    case TokenRequestReader.Reading.Read(TokenRequest request) -> new Opened.Read(request, waitMillis);
                };
        };
    }

    /// Blocks, until the deadline at most.
    Admission admit(Opened opened, Deadline deadline) {
        return switch (opened) {
            case Opened.Ended(Admission.Denied denied) -> denied;
            case Opened.Read(TokenRequest request, long waitMillis) -> {
                Optional<Admission.Denied> tooMany = rates.awaitSource(waitMillis, deadline);
                yield tooMany.isPresent() ? tooMany.get() : identify(request, deadline);
            }
        };
    }

    private static MatrixError unread(DoorRefusal refusal, String error) {
        return switch (refusal) {
            case NOT_JSON -> MatrixError.of(400, "M_NOT_JSON", error);
            case SERVER_NAME -> MatrixError.unauthorized();
            default -> MatrixError.of(400, "M_BAD_JSON", error);
        };
    }

    private Admission identify(TokenRequest request, Deadline deadline) {
        Verification verification = verifier.verify(request.openId(), deadline);
        return switch (verification) {
            case Verification.Verified(UserId user) -> {
                boolean itself = switch (request.member()) {
                    case TokenRequest.Member.ByDevice _ -> true;
                    case TokenRequest.Member.ById(String _, String claimed) -> claimed.equals(user.value());
                };
                yield itself
                        ? authorise(request, user, deadline)
                        : unauthorized(request, DoorRefusal.CLAIMED_USER, "claimed another user than the token's");
            }
            case Verification.Rejected _ -> unauthorized(request, DoorRefusal.TOKEN_REJECTED, "token not known there");
            case Verification.Foreign _ ->
                unauthorized(request, DoorRefusal.FOREIGN_USER, "vouched for a foreign user");
            case Verification.Troubled(ServerTrouble trouble, String detail) ->
                unauthorized(request, refusal(trouble), detail);
            case Verification.Crowded(Bottleneck bottleneck, long retryAfterMillis) ->
                new Admission.Denied(
                        DoorRefusal.of(bottleneck),
                        MatrixError.limitExceeded(retryAfterMillis),
                        homeserver(request),
                        "too many verifications");
        };
    }

    private Admission authorise(TokenRequest request, UserId user, Deadline deadline) {
        Optional<Admission.Denied> tooMany = rates.user(user, deadline);
        if (tooMany.isPresent()) {
            return tooMany.get();
        }
        var facts = new AccessRequest(user.server(), user, request.room(), request.slot(), request.route());
        AccessDecision decision = policy.decide(facts);
        if (decision.access() == Access.DENIED) {
            MatrixError error = MatrixError.of(403, "M_FORBIDDEN", "You may not join calls here");
            return new Admission.Denied(DoorRefusal.DENIED, error, homeserver(request), "rule " + decision.rule());
        }
        if (request.delegation()) {
            MatrixError error = MatrixError.of(400, "M_BAD_JSON", "Delayed leaves are not taken over here");
            return new Admission.Denied(DoorRefusal.DELEGATION, error, homeserver(request), "delay_id");
        }
        return grant(request, facts, decision, deadline);
    }

    private Admission grant(TokenRequest request, AccessRequest facts, AccessDecision decision, Deadline deadline) {
        String room = CallNames.room(request.room(), request.slot());
        var grant = new TokenGrant(
                identity(request, facts.user()),
                room,
                decision.access(),
                mayPublish(facts, decision),
                facts.user(),
                request.device(),
                request.slot(),
                request.route(),
                decision.access() == Access.FULL && decision.maxRooms() == 0
                        ? Optional.of(RoomPlan.call(room, decision.maxParticipants()))
                        : Optional.empty());
        String token = minter.mint(grant);
        if (decision.access() == Access.FULL) {
            switch (rooms.ensure(room, decision, deadline)) {
                case RoomCeilings.Outcome.Ready _ -> {
                    // The token opens it.
                }
                case RoomCeilings.Outcome.Full _ -> {
                    MatrixError error = MatrixError.of(403, "M_FORBIDDEN", "No further call can be started now");
                    return new Admission.Denied(
                            DoorRefusal.ROOM_CEILING, error, homeserver(request), "rule " + decision.rule());
                }
                case RoomCeilings.Outcome.Failed(String reason) -> {
                    MatrixError error = MatrixError.of(500, "M_UNKNOWN", "The call could not be prepared");
                    return new Admission.Denied(DoorRefusal.ROOM_FAILED, error, homeserver(request), reason);
                }
            }
        }
        counters.issued(request.route(), decision.access());
        log.debug(
                "room={} homeserver={} token for {} access, publish={}, rule={}",
                room,
                request.openId().server(),
                decision.access(),
                grant.mayPublish(),
                decision.rule());
        return new Admission.Granted(settings.sfuUrl(), token);
    }

    private static String identity(TokenRequest request, UserId user) {
        return switch (request.member()) {
            case TokenRequest.Member.ByDevice _ -> CallNames.legacyMember(user.value(), request.device());
            case TokenRequest.Member.ById(String id, String _) -> CallNames.member(user.value(), request.device(), id);
        };
    }

    private boolean mayPublish(AccessRequest facts, AccessDecision decision) {
        FederatedPublish publish = settings.federatedPublish();
        if (decision.access() == Access.FULL || publish.mayPublish(facts)) {
            return true;
        }
        counters.publishRefused.increment();
        if (FederatedPublish.LEGACY_ONLY.mayPublish(facts)) {
            counters.legacyPublishRefused.increment();
            refusals.mayNotPublish(facts.homeserver().value(), publish.configured());
        }
        return false;
    }

    private static Admission unauthorized(TokenRequest request, DoorRefusal refusal, String detail) {
        return new Admission.Denied(refusal, MatrixError.unauthorized(), homeserver(request), detail);
    }

    private static String homeserver(TokenRequest request) {
        return request.openId().server().value();
    }

    private static DoorRefusal refusal(ServerTrouble trouble) {
        return switch (trouble) {
            case NOT_FOUND -> DoorRefusal.SERVER_NOT_FOUND;
            case NOT_ALLOWED -> DoorRefusal.SERVER_NOT_ALLOWED;
            case UNREACHABLE -> DoorRefusal.SERVER_UNREACHABLE;
            case CERTIFICATE -> DoorRefusal.SERVER_CERTIFICATE;
            case TIMEOUT -> DoorRefusal.SERVER_TIMEOUT;
            case ANSWER -> DoorRefusal.SERVER_ANSWER;
        };
    }
}
