package io.tributary.server;

import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.StaticFiles;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The call page below `/call/`, and, where the key is a well-known one anyway, tokens for the asking.
final class CallRoutes {
    /// Longer than any call somebody makes to try things out.
    private static final Duration TOKEN_LIFE = Duration.ofHours(6);

    /// As rooms bound them.
    private static final int LONGEST_NAME = 256;

    private static final String PATH = "/call/";
    private static final String FOLDER = "call-page";
    private static final JsonMapper JSON = new JsonMapper();

    private final TokenIssuer issuer;
    private final InstantSource clock;
    private final RandomGenerator random;

    CallRoutes(TokenIssuer issuer, InstantSource clock, RandomGenerator random) {
        this.issuer = issuer;
        this.clock = clock;
        this.random = random;
    }

    /// Whether the page was built into this program.
    static boolean hasPage() {
        return CallRoutes.class.getClassLoader().getResource(FOLDER + "/index.html") != null;
    }

    /// @param givesTokens whether anybody may have one
    void mount(Routes routes, boolean givesTokens) {
        routes.prefix(PATH, new StaticFiles(CallRoutes.class.getClassLoader(), PATH, FOLDER));
        routes.exact("/call", HttpRoute.of(request -> HttpReply.empty(308).with("Location", "call/")));
        if (givesTokens) {
            routes.exact(PATH + "token", HttpRoute.of(this::token));
        }
    }

    private HttpReply token(HttpRequest request) {
        if (!request.method().equals("POST")) {
            return HttpReply.empty(405).with("Allow", "POST");
        }
        String room;
        String name;
        try {
            JsonNode body = JSON.readTree(request.body());
            room = body.path("room").asString("").strip();
            name = body.path("name").asString("").strip();
        } catch (JacksonException e) {
            return HttpReply.text(400, "the body must be JSON: {\"room\": \"…\", \"name\": \"…\"}");
        }
        if (room.isEmpty() || name.isEmpty() || room.length() > LONGEST_NAME || name.length() > LONGEST_NAME) {
            return HttpReply.text(400, "room and name must each have 1 to " + LONGEST_NAME + " characters");
        }
        // Two tabs of one person are two participants.
        var identity = new ParticipantIdentity(name.substring(0, Math.min(name.length(), LONGEST_NAME - 9)) + "-"
                + HexFormat.of().toHexDigits(random.nextInt()));
        String token = issuer.create(
                identity,
                name,
                Map.of("roomJoin", true, "room", room, "canUpdateOwnMetadata", true),
                clock.millis(),
                TOKEN_LIFE.toSeconds());
        return HttpReply.json(200, JSON.writeValueAsString(Map.of("token", token, "url", url(request))));
    }

    /// Where the page itself came from, for signalling is served beside it.
    private static String url(HttpRequest request) {
        boolean secure =
                request.header("X-Forwarded-Proto").filter("https"::equals).isPresent();
        String host = request.header("X-Forwarded-Host")
                .or(() -> request.header("Host"))
                .orElse("localhost");
        return (secure ? "wss://" : "ws://") + host;
    }
}
