package io.tributary.auth.access;

/// A room that has to exist at the SFU before somebody joins it.
///
/// @param room its name there
/// @param emptyTimeoutSeconds how long it waits for its first participant
/// @param departureTimeoutSeconds how long it stays after the last one
/// @param maxParticipants 0 for no ceiling
public record RoomPlan(String room, int emptyTimeoutSeconds, int departureTimeoutSeconds, int maxParticipants) {
    /// Time for the client to connect, slow networks and consent prompts included; what lk-jwt-service asks for.
    public static final int EMPTY_TIMEOUT_SECONDS = 300;

    /// Time to come back after everybody's network broke; what lk-jwt-service asks for.
    public static final int DEPARTURE_TIMEOUT_SECONDS = 20;

    /// A call as Matrix clients expect it.
    public static RoomPlan call(String room, int maxParticipants) {
        return new RoomPlan(room, EMPTY_TIMEOUT_SECONDS, DEPARTURE_TIMEOUT_SECONDS, maxParticipants);
    }
}
