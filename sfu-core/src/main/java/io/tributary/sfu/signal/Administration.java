package io.tributary.sfu.signal;

import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.room.RoomOutcome;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// What can be asked of rooms from outside of them. Any thread; answers come from the control loop.
public final class Administration {
    private final Lobby lobby;

    Administration(Lobby lobby) {
        this.lobby = lobby;
    }

    /// Makes a room exist.
    public CompletionStage<RoomOutcome> create(RoomOrder order) {
        return lobby.ask((rooms, nowMicros) -> rooms.create(nowMicros, order));
    }

    /// Makes a room exist; one that does is left as it is, and waits anew for whoever is on the way.
    public CompletionStage<RoomOutcome> ensure(RoomOrder order) {
        return lobby.ask((rooms, nowMicros) -> rooms.create(
                nowMicros, rooms.room(order.name()).isEmpty() ? order : new RoomOrder(order.name(), 0, 0, 0, "")));
    }

    /// The rooms of these names that there are; all rooms if there is no name.
    public CompletionStage<List<RoomView>> rooms(Collection<RoomName> names) {
        List<RoomName> wanted = names.stream().distinct().toList();
        return lobby.ask((rooms, _) -> wanted.isEmpty()
                ? rooms.all()
                : wanted.stream().map(rooms::room).flatMap(Optional::stream).toList());
    }

    /// Ends a room for everybody in it; whether there was one.
    public CompletionStage<Boolean> delete(RoomName name) {
        return lobby.ask((rooms, nowMicros) -> {
            boolean present = rooms.room(name).isPresent();
            rooms.apply(nowMicros, name, new RoomIntent.CloseRoom(DisconnectReason.ROOM_DELETED));
            return present;
        });
    }

    /// Everybody in a room, the hidden among them; nobody if there is no such room.
    public CompletionStage<List<ParticipantView>> participants(RoomName room) {
        return lobby.ask((rooms, _) -> rooms.participants(room));
    }

    public CompletionStage<Optional<ParticipantView>> participant(RoomName room, ParticipantIdentity identity) {
        return lobby.ask((rooms, _) -> rooms.participant(room, identity));
    }

    /// Sends somebody away; whether they were there.
    public CompletionStage<Boolean> remove(RoomName room, ParticipantIdentity identity) {
        return lobby.ask((rooms, nowMicros) -> {
            boolean present = rooms.participant(room, identity).isPresent();
            rooms.apply(nowMicros, room, new RoomIntent.RemoveParticipant(identity));
            return present;
        });
    }
}
