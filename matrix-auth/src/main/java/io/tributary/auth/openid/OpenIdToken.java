package io.tributary.auth.openid;

import io.tributary.auth.matrix.ServerName;

/// What a homeserver gave a user to show to others.
///
/// @param server the homeserver that is said to know the token
/// @param expiresInSeconds as it said when it gave the token out; 0 when that isn't known
public record OpenIdToken(ServerName server, String accessToken, long expiresInSeconds) {
    /// Tokens do not belong in logs.
    @Override
    public String toString() {
        return "OpenIdToken[" + server + "]";
    }
}
