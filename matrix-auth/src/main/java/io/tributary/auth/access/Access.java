package io.tributary.auth.access;

/// What a policy gives somebody.
public enum Access {
    /// Makes rooms, publishes and subscribes.
    FULL,

    /// Joins rooms that others made, and subscribes there.
    RESTRICTED,

    /// Gets no token.
    DENIED
}
