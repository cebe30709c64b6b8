package io.tributary.auth.endpoint;

import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.openid.OpenIdToken;

/// What a client asks for, whichever way it asked. Every text has UTF-8.
///
/// @param room the Matrix room
/// @param device as the client names it; empty only where [TokenRoute#SFU_GET] allows it
/// @param member who, beside the token, the client says it is
/// @param delegation whether a delayed leave is to be taken over
public record TokenRequest(
        TokenRoute route,
        String room,
        String slot,
        OpenIdToken openId,
        String device,
        Member member,
        boolean delegation) {
    /// How the client is announced in its room.
    public sealed interface Member {
        /// In a state event, by user and device.
        record ByDevice() implements Member {}

        /// In a sticky event.
        ///
        /// @param claimedUser has to be the verified one
        record ById(String id, String claimedUser) implements Member {}
    }
}
