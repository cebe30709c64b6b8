package io.tributary.sfu.service;

import java.util.Locale;

/// How a Twirp call ended: Twirp's error codes that are used here, each with its HTTP status, and success.
public enum TwirpCode {
    OK(200),
    /// No such method, another HTTP method than POST, or a format that is not spoken.
    BAD_ROUTE(404),
    /// A body that cannot be read.
    MALFORMED(400),
    /// A body that cannot be meant.
    INVALID_ARGUMENT(400),
    /// No token, one that is not to be believed, or one that does not grant the call.
    UNAUTHENTICATED(401),
    NOT_FOUND(404),
    /// This server takes no more.
    RESOURCE_EXHAUSTED(429),
    /// This server is going.
    UNAVAILABLE(503),
    /// A bug of ours.
    INTERNAL(500);

    private final int status;

    TwirpCode(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /// As in the body of an error.
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
