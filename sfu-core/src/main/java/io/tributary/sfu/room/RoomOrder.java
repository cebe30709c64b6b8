package io.tributary.sfu.room;

import io.tributary.sfu.token.RoomName;

/// A room that somebody wants to exist. What is 0 or empty is left as it is, or as the server's settings have it.
///
/// @param emptyTimeoutSeconds how long it lives when nobody enters
/// @param departureTimeoutSeconds how long it lives after the last one left
/// @param metadata for the clients, who are told of it
public record RoomOrder(
        RoomName name, int emptyTimeoutSeconds, int departureTimeoutSeconds, int maxParticipants, String metadata) {}
