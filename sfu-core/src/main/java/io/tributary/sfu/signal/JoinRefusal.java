package io.tributary.sfu.signal;

import io.tributary.sfu.room.JoinOutcome;

/// Why somebody who asked to join was not let in, for counting.
public enum JoinRefusal {
    /// No token, or an Authorization header that is no bearer's.
    NO_TOKEN,
    /// A token that is damaged, too long, out of date, or not signed by a key of ours.
    BAD_TOKEN,
    /// Parameters or names that cannot be read or are too large.
    BAD_REQUEST,
    /// A genuine token that does not grant what was asked for.
    NOT_PERMITTED,
    /// The room does not exist, and the token does not create it.
    NO_SUCH_ROOM,
    /// The room, or the node, takes no more.
    FULL,
    /// The heap is too full for somebody new.
    NO_MEMORY;

    /// Of a room's answer; its status, and whether to come back, are all that tells the kinds apart, for clients as
    /// well.
    static JoinRefusal of(JoinOutcome.Refused refused) {
        return switch (refused.status()) {
            case 401 -> NOT_PERMITTED;
            case 404 -> NO_SUCH_ROOM;
            case 503 -> refused.retryAfterSeconds() == 0 ? FULL : NO_MEMORY;
            default -> BAD_REQUEST;
        };
    }
}
