package io.tributary.auth.access;

import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.matrix.UserId;

/// What a policy decides about.
///
/// @param homeserver has vouched for the user, and is the user's own
/// @param user verified
/// @param room the Matrix room as the client names it; that the user is in it is not verified
/// @param slot which call of the room, as the client names it
/// @param route the endpoint that was called
public record AccessRequest(ServerName homeserver, UserId user, String room, String slot, TokenRoute route) {}
