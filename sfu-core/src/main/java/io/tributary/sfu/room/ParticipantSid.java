package io.tributary.sfu.room;

/// One session of a participant: `PA_` and more. A new session of the same identity has a new one.
public record ParticipantSid(String value) {
    @Override
    public String toString() {
        return value;
    }
}
