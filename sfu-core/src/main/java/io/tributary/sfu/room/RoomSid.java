package io.tributary.sfu.room;

/// One life of a room: `RM_` and more.
public record RoomSid(String value) {
    @Override
    public String toString() {
        return value;
    }
}
