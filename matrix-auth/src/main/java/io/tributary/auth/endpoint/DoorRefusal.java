package io.tributary.auth.endpoint;

import io.tributary.auth.openid.Bottleneck;

/// Why somebody got no token. Each is counted, and the log says what to do about it.
public enum DoorRefusal {
    /// The method is not POST.
    METHOD,

    /// The body is longer than it may be.
    BODY_TOO_LARGE,

    /// The request line and the headers are longer than they may be.
    HEAD_TOO_LARGE,

    /// The body is no JSON of the right shape.
    NOT_JSON,

    /// A field is missing, or holds what cannot be hashed.
    BAD_REQUEST,

    /// A delayed leave was to be taken over, which this door does not do.
    DELEGATION,

    /// The homeserver says that it never gave out this token, or that it has expired.
    TOKEN_REJECTED,

    /// What the client calls its homeserver is no server name.
    SERVER_NAME,

    /// The homeserver was not found: no address, or none that may be connected to.
    SERVER_NOT_FOUND,

    /// All its addresses are private ones, or the port is not one that is connected to.
    SERVER_NOT_ALLOWED,

    /// Nobody answers there.
    SERVER_UNREACHABLE,

    /// Its certificate is for another name, or of an authority that is not known.
    SERVER_CERTIFICATE,

    /// It did not answer in time.
    SERVER_TIMEOUT,

    /// It answered something else than who the user is.
    SERVER_ANSWER,

    /// It vouched for a user of another homeserver.
    FOREIGN_USER,

    /// The token is another user's.
    CLAIMED_USER,

    /// The policy refuses this user.
    DENIED,

    /// As many rooms as the rule allows exist already.
    ROOM_CEILING,

    /// The SFU did not make the room.
    ROOM_FAILED,

    /// Too many requests of one address.
    SOURCE_RATE,

    /// Too many requests of one user.
    USER_RATE,

    /// Too many verifications at one homeserver.
    SERVER_RATE,

    /// Too many requests at work.
    MAX_PENDING,

    /// Too many verifications under way at homeservers that the operator did not name.
    MAX_OUTBOUND,

    /// Too many at homeservers that it named.
    MAX_OUTBOUND_KNOWN,

    /// Too many at one homeserver that it did not name.
    MAX_OUTBOUND_PER_SERVER,

    /// The heap has no room for newcomers.
    NO_MEMORY,

    /// Our bug.
    INTERNAL;

    static DoorRefusal of(Bottleneck bottleneck) {
        return switch (bottleneck) {
            case SERVER_RATE -> SERVER_RATE;
            case PER_STRANGER -> MAX_OUTBOUND_PER_SERVER;
            case STRANGERS -> MAX_OUTBOUND;
            case KNOWN -> MAX_OUTBOUND_KNOWN;
        };
    }
}
