package io.tributary.sfu.signal;

import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.TokenVerdict;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.http.HttpRequest;
import java.util.Optional;

/// Who a request says it is from: a bearer's token, or one among the query's parameters, because a browser's WebSocket
/// can send no header.
public sealed interface Credentials {
    /// Genuine.
    record Good(AccessToken token) implements Credentials {}

    /// Not to be believed.
    record Bad(int status, String body) implements Credentials {}

    /// None; whether that matters is the route's to say.
    ///
    /// @param body plain text for whom it does matter to
    record Absent(int status, String body) implements Credentials {}

    /// Looks for them in `request`.
    static Credentials of(HttpRequest request, TokenVerifier verifier, long nowMillis) {
        String bearer = "Bearer ";
        int unauthorized = 401;
        Optional<String> header = request.header("Authorization");
        if (header.isPresent() && !header.get().startsWith(bearer)) {
            return new Absent(unauthorized, "invalid authorization header. Must start with " + bearer);
        }
        String token = header.map(value -> value.substring(bearer.length()))
                .or(() -> request.query("access_token"))
                .orElse("");
        if (token.isEmpty()) {
            return new Absent(unauthorized, "permissions denied");
        }
        return switch (verifier.verify(token, nowMillis)) {
            case TokenVerdict.Refused(int status, String body) -> new Bad(status, body);
            case TokenVerdict.Verified(AccessToken verified) -> new Good(verified);
        };
    }
}
