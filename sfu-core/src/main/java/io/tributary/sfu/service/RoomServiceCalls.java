package io.tributary.sfu.service;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.service.proto.CreateRoomRequest;
import io.tributary.sfu.service.proto.ListRoomsRequest;
import io.tributary.sfu.service.proto.ListRoomsResponse;
import io.tributary.sfu.signal.proto.Room;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// What to send to another LiveKit-compatible server's RoomService, as protobuf.
public final class RoomServiceCalls {
    /// Below the server's base URL.
    public static final String CREATE_ROOM_PATH = "/twirp/livekit.RoomService/CreateRoom";

    public static final String LIST_ROOMS_PATH = "/twirp/livekit.RoomService/ListRooms";

    public static final String CONTENT_TYPE = "application/protobuf";

    private RoomServiceCalls() {}

    /// The body of a CreateRoom.
    public static byte[] createRoom(RoomOrder order) {
        return CreateRoomRequest.newBuilder()
                .setName(order.name().value())
                .setEmptyTimeout(order.emptyTimeoutSeconds())
                .setDepartureTimeout(order.departureTimeoutSeconds())
                .setMaxParticipants(order.maxParticipants())
                .setMetadata(order.metadata())
                .build()
                .toByteArray();
    }

    /// The body of a ListRooms.
    public static byte[] listRooms(Collection<String> names) {
        return ListRoomsRequest.newBuilder().addAllNames(names).build().toByteArray();
    }

    /// The rooms named in the answer to a ListRooms; none if it is no such answer.
    public static Set<String> roomNames(byte[] answer) {
        try {
            return ListRoomsResponse.parseFrom(answer).getRoomsList().stream()
                    .map(Room::getName)
                    .collect(Collectors.toSet());
        } catch (InvalidProtocolBufferException e) {
            return Set.of();
        }
    }
}
