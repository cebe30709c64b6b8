package io.tributary.sfu.signal;

import io.tributary.sfu.room.JoinOrder;
import io.tributary.sfu.room.JoinOutcome;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.UpgradeRequest;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// LiveKit's way in: `/rtc` and `/rtc/v1`, and beside each a `validate` that makes the same checks without joining.
/// Called on I/O threads; rooms are asked on the control loop.
public final class SignalRoute {
    private final TokenVerifier verifier;
    private final InstantSource clock;
    private final Lobby lobby;

    public SignalRoute(TokenVerifier verifier, InstantSource clock, Lobby lobby) {
        this.verifier = verifier;
        this.clock = clock;
        this.lobby = lobby;
    }

    public void mount(Routes routes) {
        mount(routes, "/rtc", JoinParameters::ofRtc);
        mount(routes, "/rtc/v1", JoinParameters::ofRtcV1);
    }

    private void mount(Routes routes, String path, Function<HttpRequest, JoinParameters.Result> read) {
        routes.webSocket(path, upgrade -> join(upgrade, read));
        routes.exact(path + "/validate", new HttpRoute() {
            @Override
            public CompletionStage<HttpReply> handle(HttpRequest request) {
                return validate(request, read);
            }
        });
    }

    private void join(UpgradeRequest upgrade, Function<HttpRequest, JoinParameters.Result> read) {
        join(upgrade, read, () -> join(upgrade, read, null));
    }

    /// @param again see [Lobby#enter]
    private void join(
            UpgradeRequest upgrade, Function<HttpRequest, JoinParameters.Result> read, @Nullable Runnable again) {
        switch (knock(upgrade.http(), read)) {
            case Knock.Refused(HttpReply reply, JoinRefusal reason) -> {
                lobby.counters().refused(reason);
                upgrade.refuse(reply);
            }
            case Knock.Allowed(JoinOrder order, JoinParameters parameters) ->
                lobby.enter(order, parameters, upgrade, again);
        }
    }

    private CompletionStage<HttpReply> validate(
            HttpRequest request, Function<HttpRequest, JoinParameters.Result> read) {
        return switch (knock(request, read)) {
            case Knock.Refused(HttpReply reply, JoinRefusal _) -> CompletableFuture.completedFuture(reply);
            case Knock.Allowed(JoinOrder order, JoinParameters _) ->
                lobby.refusal(order)
                        .thenApply(refusal -> refusal.map(SignalRoute::reply).orElse(HttpReply.text(200, "success")));
        };
    }

    /// What can be said of a request without asking a room.
    private sealed interface Knock {
        record Allowed(JoinOrder order, JoinParameters parameters) implements Knock {}

        record Refused(HttpReply reply, JoinRefusal reason) implements Knock {}
    }

    private Knock knock(HttpRequest request, Function<HttpRequest, JoinParameters.Result> read) {
        return switch (Credentials.of(request, verifier, clock.millis())) {
            case Credentials.Absent(int status, String body) -> refused(JoinRefusal.NO_TOKEN, status, body);
            case Credentials.Bad(int status, String body) -> refused(JoinRefusal.BAD_TOKEN, status, body);
            case Credentials.Good(AccessToken verified) ->
                switch (read.apply(request)) {
                    case JoinParameters.Result.Bad(String body) -> refused(JoinRefusal.BAD_REQUEST, 400, body);
                    case JoinParameters.Result.Read(JoinParameters parameters) ->
                        new Knock.Allowed(
                                new JoinOrder(
                                        verified,
                                        parameters.client(),
                                        parameters.autoSubscribe(),
                                        parameters.adaptiveStream(),
                                        parameters.metadata(),
                                        parameters.attributes()),
                                parameters);
                };
        };
    }

    private static Knock refused(JoinRefusal reason, int status, String body) {
        return new Knock.Refused(HttpReply.text(status, body), reason);
    }

    static HttpReply reply(JoinOutcome.Refused refused) {
        HttpReply reply = HttpReply.text(refused.status(), refused.body());
        return refused.retryAfterSeconds() == 0
                ? reply
                : reply.with("Retry-After", Integer.toString(refused.retryAfterSeconds()));
    }
}
