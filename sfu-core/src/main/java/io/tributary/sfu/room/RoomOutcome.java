package io.tributary.sfu.room;

/// Whether a room that somebody wanted exists.
public sealed interface RoomOutcome {
    /// It does, since just now or before.
    ///
    /// @param created since just now
    record Present(RoomView room, boolean created) implements RoomOutcome {}

    /// It does not.
    ///
    /// @param message for whoever asked
    record Refused(Reason reason, String message) implements RoomOutcome {}

    /// Why a room is not made.
    enum Reason {
        /// The order cannot be meant.
        INVALID,
        /// This server takes no more rooms.
        FULL,
        /// This server is going.
        CLOSING
    }
}
