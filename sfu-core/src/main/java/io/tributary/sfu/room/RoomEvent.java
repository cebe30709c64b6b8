package io.tributary.sfu.room;

/// What happened in a room, for whoever outside follows it (webhooks, delegated leaves, the cascade): one ordered
/// stream. Hidden participants are in it.
public sealed interface RoomEvent {
    RoomView room();

    record RoomStarted(RoomView room) implements RoomEvent {}

    record RoomFinished(RoomView room) implements RoomEvent {}

    /// The participant is ACTIVE.
    record ParticipantJoined(RoomView room, ParticipantView participant) implements RoomEvent {}

    /// It was ACTIVE; the reason is in the view.
    record ParticipantLeft(RoomView room, ParticipantView participant) implements RoomEvent {}

    /// It left without ever having been ACTIVE.
    record ParticipantConnectionAborted(RoomView room, ParticipantView participant) implements RoomEvent {}

    record TrackPublished(RoomView room, ParticipantView participant, TrackView track) implements RoomEvent {}

    record TrackUnpublished(RoomView room, ParticipantView participant, TrackView track) implements RoomEvent {}
}
