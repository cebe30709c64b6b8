package io.tributary.auth.endpoint;

import io.tributary.auth.access.AccessPolicy;
import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.access.TokenMinter;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.Routes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// The door for Matrix users: somebody shows a token that their homeserver gave them, and gets one for the SFU.
public final class TokenDoor {
    private final DoorCounters counters = new DoorCounters();

    /// @param policy mostly [DoorSettings#policy]
    /// @param blocking a virtual thread for each task
    /// @param random for jitter and for naming requests in the log
    public TokenDoor(
            DoorSettings settings,
            AccessPolicy policy,
            RoomAdmission rooms,
            TokenMinter minter,
            OutboundHttp http,
            NameLookup names,
            Executor blocking,
            Timekeeper time,
            RandomGenerator random) {}

    /// Adds the token routes.
    public void mount(Routes routes) {
        HttpRoute route = request -> CompletableFuture.completedFuture(HttpReply.empty(503));
        routes.exact("/get_token", route);
        routes.exact("/sfu/get", route);
    }

    /// The answer to `/healthz`: 200 to GET and HEAD.
    public static HttpReply health(HttpRequest request) {
        boolean asks = request.method().equals("GET") || request.method().equals("HEAD");
        return asks ? HttpReply.empty(200) : HttpReply.empty(405).with("Allow", "GET, HEAD");
    }

    public DoorCounters counters() {
        return counters;
    }
}
