package io.tributary.sfu.room;

import java.util.List;

/// What a participant that joins is told first.
///
/// @param others everyone else who may be seen, with their tracks
/// @param sifTrailer ends frames the server itself makes in encrypted rooms; one for the room's whole life
/// @param fastPublish whether the client may negotiate its publishing connection at once
public record JoinView(
        RoomView room, ParticipantView self, List<ParticipantView> others, String sifTrailer, boolean fastPublish) {
    public JoinView {
        others = List.copyOf(others);
    }
}
