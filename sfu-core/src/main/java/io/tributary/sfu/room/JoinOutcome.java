package io.tributary.sfu.room;

/// Whether somebody got in.
public sealed interface JoinOutcome {
    /// In, state JOINED once the message made of `view` is written ([RoomIntent.JoinWritten]).
    record Admitted(ParticipantSid sid, JoinView view) implements JoinOutcome {}

    /// Refused before the WebSocket is upgraded.
    ///
    /// @param status HTTP status
    /// @param body plain text that clients match on
    /// @param retryAfterSeconds 0 when coming back makes no difference
    record Refused(int status, String body, int retryAfterSeconds) implements JoinOutcome {
        /// For good.
        public Refused(int status, String body) {
            this(status, body, 0);
        }
    }
}
