package io.tributary.sfu.token;

/// Whether a token is genuine.
public sealed interface TokenVerdict {
    /// Signed by a key of ours and in date; what it grants is another question.
    record Verified(AccessToken token) implements TokenVerdict {}

    /// Not to be believed.
    ///
    /// @param status HTTP status
    /// @param body plain text for the client; never holds the token
    record Refused(int status, String body) implements TokenVerdict {}
}
