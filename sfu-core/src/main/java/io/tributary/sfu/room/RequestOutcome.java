package io.tributary.sfu.room;

/// How a request ended; in the order of LiveKit's wire numbers.
public enum RequestOutcome {
    OK,
    NOT_FOUND,
    NOT_ALLOWED,
    LIMIT_EXCEEDED,
    QUEUED,
    UNSUPPORTED_TYPE,
    UNCLASSIFIED_ERROR
}
