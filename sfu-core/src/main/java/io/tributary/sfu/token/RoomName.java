package io.tributary.sfu.token;

/// A room's name as tokens carry it: any text, for Matrix calls a hash.
public record RoomName(String value) {
    @Override
    public String toString() {
        return value;
    }
}
