package io.tributary.auth.access;

import io.tributary.auth.matrix.UserId;
import java.util.Optional;

/// Everything a token has to say.
///
/// @param identity the participant's name at the SFU, `sub`
/// @param room the SFU's room, `video.room`
/// @param access never [Access#DENIED]
/// @param mayPublish tracks and data; a restricted user's only by the operator's word
/// @param user verified
/// @param device as the client names it; may be empty
/// @param slot which call of the Matrix room
/// @param route the endpoint that was called
/// @param remake the room that its bearer, once in it, may bring back when the SFU was restarted; only for full access,
///     and not where the rule counts rooms, which only the door does
public record TokenGrant(
        String identity,
        String room,
        Access access,
        boolean mayPublish,
        UserId user,
        String device,
        String slot,
        TokenRoute route,
        Optional<RoomPlan> remake) {
    public TokenGrant {
        if (access == Access.DENIED) {
            throw new IllegalArgumentException("a token for somebody who gets none");
        }
        if (access != Access.FULL && remake.isPresent()) {
            throw new IllegalArgumentException("who is restricted makes no room");
        }
    }
}
