package io.tributary.auth.access;

/// Signs tokens that the SFU accepts. Implemented where the SFU is known; any thread, without waiting.
public interface TokenMinter {
    /// A JWT, valid from now for [#VALID_SECONDS]. Its payload holds no character that becomes `-` or `_` in base64url,
    /// because there are clients that decode it with a bare `atob`.
    String mint(TokenGrant grant);

    /// What clients and operators are used to.
    int VALID_SECONDS = 3600;
}
