package io.tributary.auth.endpoint;

import io.tributary.auth.access.AccessPolicy;
import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.access.RoomCeilings;
import io.tributary.auth.access.TokenMinter;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.matrix.AddressRules;
import io.tributary.auth.matrix.Deadline;
import io.tributary.auth.matrix.HomeserverClient;
import io.tributary.auth.matrix.ServerDiscovery;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.auth.openid.OpenIdVerifier;
import io.tributary.auth.openid.VerifierLimits;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.Routes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// The door for Matrix users: somebody shows a token that their homeserver gave them, and gets one for the SFU.
///
/// From here on a request runs on virtual threads: one reads it, another decides it and may wait. What they do is in
/// [TokenEndpoint].
public final class TokenDoor {
    /// Names the request in reply and log. Says nothing about why it was refused.
    private static final String REQUEST_ID = "X-Request-Id";

    /// What other servers take. A request has nothing to say there, and the edge keeps it until the answer.
    private static final int MAX_HEAD_BYTES = 16 << 10;

    private static final Logger log = LoggerFactory.getLogger(TokenDoor.class);
    private static final JsonMapper JSON = new JsonMapper();

    private final DoorLimits limits;
    private final TokenEndpoint endpoint;
    private final DoorCounters counters;
    private final RefusalLog refusals;
    private final Executor blocking;
    private final Timekeeper time;
    private final RandomGenerator random;
    private final Semaphore pending;
    private final BooleanSupplier hasRoom;

    /// @param policy mostly [DoorSettings#policy]
    /// @param hasRoom whether there is memory for newcomers; any thread
    /// @param blocking a virtual thread for each task
    /// @param random any thread's; for jitter and for naming requests
    public TokenDoor(
            DoorSettings settings,
            AccessPolicy policy,
            RoomAdmission rooms,
            TokenMinter minter,
            BooleanSupplier hasRoom,
            OutboundHttp http,
            NameLookup names,
            Executor blocking,
            Timekeeper time,
            RandomGenerator random) {
        this.limits = settings.limits();
        this.blocking = blocking;
        this.time = time;
        this.random = random;
        var discovery = new ServerDiscovery(
                http,
                names,
                new AddressRules(settings.allowedNetworks()),
                settings.trustedServers(),
                blocking,
                time,
                random);
        var verifier = new OpenIdVerifier(
                new HomeserverClient(discovery),
                settings.knownServers(),
                limits.perServer().limit(limits.patience()),
                new VerifierLimits(
                        limits.patience(),
                        limits.verification(),
                        limits.maxOutbound(),
                        limits.maxOutboundKnown(),
                        limits.maxOutboundPerServer()),
                blocking,
                time);
        this.hasRoom = hasRoom;
        this.pending = new Semaphore(limits.maxPending());
        this.counters = new DoorCounters(verifier, () -> limits.maxPending() - pending.availablePermits());
        this.refusals = new RefusalLog(time);
        this.endpoint = new TokenEndpoint(
                settings,
                verifier,
                policy,
                new RoomCeilings(rooms),
                minter,
                new DoorRates(limits, time, counters),
                counters,
                refusals);
    }

    /// Adds the token routes. `/delegate_delayed_leave` is not among them: clients take a 404 there for "restart your
    /// delayed leave yourself", which is right as long as nobody here would.
    public void mount(Routes routes) {
        routes.exact("/get_token", route(TokenRoute.GET_TOKEN));
        routes.exact("/sfu/get", route(TokenRoute.SFU_GET));
    }

    /// The answer to `/healthz`: 200 to GET and HEAD.
    public static HttpReply health(HttpRequest request) {
        boolean asks = request.method().equals("GET") || request.method().equals("HEAD");
        return asks ? HttpReply.empty(200) : HttpReply.empty(405).with("Allow", "GET, HEAD");
    }

    public DoorCounters counters() {
        return counters;
    }

    private HttpRoute route(TokenRoute route) {
        return new HttpRoute() {
            @Override
            public CompletionStage<HttpReply> handle(HttpRequest request) {
                return answer(route, request).thenApply(TokenDoor::withHeaders);
            }

            @Override
            public int maxBodyBytes() {
                return limits.maxBodyBytes();
            }

            @Override
            public HttpReply refuseBody() {
                MatrixError error = MatrixError.of(413, "M_TOO_LARGE", "More than " + limits.maxBodyBytes() + " bytes");
                return withHeaders(refuse(DoorRefusal.BODY_TOO_LARGE, error, "-", "the body"));
            }

            @Override
            public int maxHeadBytes() {
                return MAX_HEAD_BYTES;
            }

            @Override
            public HttpReply refuseHead() {
                MatrixError error = MatrixError.of(431, "M_TOO_LARGE", "More than " + MAX_HEAD_BYTES + " bytes");
                return withHeaders(refuse(DoorRefusal.HEAD_TOO_LARGE, error, "-", "the request line and the headers"));
            }

            // 200 is what lk-jwt-service's clients and its operators' checks are used to.
            @Override
            public boolean answersPreflights() {
                return true;
            }
        };
    }

    private CompletionStage<HttpReply> answer(TokenRoute route, HttpRequest request) {
        if (request.method().equals("OPTIONS")) {
            return CompletableFuture.completedFuture(HttpReply.empty(200));
        }
        if (!request.method().equals("POST")) {
            counters.refused(DoorRefusal.METHOD);
            return CompletableFuture.completedFuture(HttpReply.empty(405).with("Allow", "POST, OPTIONS"));
        }
        if (!hasRoom.getAsBoolean()) {
            return CompletableFuture.completedFuture(
                    refuse(DoorRefusal.NO_MEMORY, MatrixError.noMemory(), "-", "no memory for newcomers"));
        }
        if (!pending.tryAcquire()) {
            MatrixError error = MatrixError.limitExceeded(limits.patience().toMillis());
            return CompletableFuture.completedFuture(
                    refuse(DoorRefusal.MAX_PENDING, error, "-", "too many requests at work"));
        }
        Deadline deadline = Deadline.in(limits.total(), time);
        // Two tasks: each is kept until it has run, and the one that holds the body must not be one that waits.
        return CompletableFuture.supplyAsync(() -> endpoint.open(route, request), blocking)
                .thenApplyAsync(opened -> reply(endpoint.admit(opened, deadline)), blocking)
                .exceptionally(this::failed)
                .whenComplete((_, _) -> pending.release());
    }

    private HttpReply failed(Throwable bug) {
        log.error("a token request failed", bug);
        MatrixError error = MatrixError.of(500, "M_UNKNOWN", "Internal server error");
        return refuse(DoorRefusal.INTERNAL, error, "-", "a bug");
    }

    private HttpReply reply(Admission admission) {
        return switch (admission) {
            case Admission.Granted(String url, String token) -> {
                Map<String, String> body = new LinkedHashMap<>();
                body.put("url", url);
                body.put("jwt", token);
                yield HttpReply.json(200, JSON.writeValueAsString(body)).with("Cache-Control", "no-store");
            }
            case Admission.Denied(DoorRefusal refusal, MatrixError error, String homeserver, String detail) ->
                refuse(refusal, error, homeserver, detail);
        };
    }

    private HttpReply refuse(DoorRefusal refusal, MatrixError error, String homeserver, String detail) {
        counters.refused(refusal);
        String id = Long.toUnsignedString(random.nextLong() >>> 24, 36);
        refusals.refused(id, homeserver, refusal, detail);
        return error.reply().with(REQUEST_ID, id);
    }

    /// What lk-jwt-service sends with every answer, and what spares a browser its second preflight.
    private static HttpReply withHeaders(HttpReply reply) {
        return reply.with("Content-Type", "application/json")
                .with("Access-Control-Allow-Origin", "*")
                .with("Access-Control-Allow-Methods", "POST")
                .with(
                        "Access-Control-Allow-Headers",
                        "Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization")
                .with("Access-Control-Max-Age", "86400");
    }
}
