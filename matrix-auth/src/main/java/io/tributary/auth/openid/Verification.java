package io.tributary.auth.openid;

import io.tributary.auth.matrix.ServerTrouble;
import io.tributary.auth.matrix.UserId;

/// What came of verifying a token.
public sealed interface Verification {
    /// The user's own homeserver vouches for them.
    record Verified(UserId user) implements Verification {}

    /// The homeserver doesn't know the token, or no longer.
    record Rejected() implements Verification {}

    /// The homeserver named a user of another one, or nobody at all.
    record Foreign() implements Verification {}

    /// The homeserver could not be asked.
    ///
    /// @param detail for the log
    record Troubled(ServerTrouble trouble, String detail) implements Verification {}

    /// Too much is asked of that homeserver, or of us.
    ///
    record Crowded(Bottleneck bottleneck, long retryAfterMillis) implements Verification {}
}
