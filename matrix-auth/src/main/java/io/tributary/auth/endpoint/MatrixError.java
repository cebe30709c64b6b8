package io.tributary.auth.endpoint;

import io.tributary.transport.http.HttpReply;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// An error as Matrix clients read it (client-server API, "Standard error response").
///
/// @param retryAfterMillis 0 when coming back makes no difference
record MatrixError(int status, String errcode, String error, long retryAfterMillis) {
    /// As long as whoever wants to join is told to wait.
    private static final long NO_MEMORY_MILLIS = 5_000;

    private static final JsonMapper JSON = new JsonMapper();

    static MatrixError of(int status, String errcode, String error) {
        return new MatrixError(status, errcode, error, 0);
    }

    /// The same for every way in which verifying can fail, so that nobody learns about a network by asking.
    static MatrixError unauthorized() {
        return of(401, "M_UNAUTHORIZED", "The request could not be authorised.");
    }

    static MatrixError limitExceeded(long retryAfterMillis) {
        return new MatrixError(429, "M_LIMIT_EXCEEDED", "Too many requests", Math.max(1, retryAfterMillis));
    }

    /// No fault of the client's, and over in a moment.
    static MatrixError noMemory() {
        return new MatrixError(503, "M_UNKNOWN", "This server is full", NO_MEMORY_MILLIS);
    }

    HttpReply reply() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("errcode", errcode);
        body.put("error", error);
        if (retryAfterMillis > 0) {
            body.put("retry_after_ms", retryAfterMillis);
        }
        HttpReply reply = HttpReply.json(status, JSON.writeValueAsString(body));
        // Whole seconds, upwards: who comes back a moment early would be refused again.
        return retryAfterMillis > 0 ? reply.with("Retry-After", Long.toString((retryAfterMillis + 999) / 1000)) : reply;
    }
}
