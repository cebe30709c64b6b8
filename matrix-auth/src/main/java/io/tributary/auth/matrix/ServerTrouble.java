package io.tributary.auth.matrix;

/// Why a homeserver could not be asked.
public enum ServerTrouble {
    /// It has no address, or says in the DNS that it isn't there.
    NOT_FOUND,

    /// Its addresses or its port are none that are connected to for strangers.
    NOT_ALLOWED,

    /// Nobody answers at its addresses.
    UNREACHABLE,

    /// Its certificate is not for its name, or of nobody known.
    CERTIFICATE,

    /// It took too long.
    TIMEOUT,

    /// It answered, but not what was asked.
    ANSWER
}
