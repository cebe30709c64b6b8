package io.tributary.sfu.room;

/// How far a participant is; in the order of LiveKit's wire numbers.
///
/// ```
/// JOINING → JOINED (join message written) → ACTIVE (ICE and DTLS of its primary connection) → DISCONNECTED
/// ```
public enum ParticipantState {
    JOINING,
    JOINED,
    ACTIVE,
    DISCONNECTED
}
