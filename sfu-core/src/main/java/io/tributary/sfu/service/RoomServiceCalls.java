package io.tributary.sfu.service;

import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.service.proto.CreateRoomRequest;

/// What to send to another LiveKit-compatible server's RoomService, as protobuf.
public final class RoomServiceCalls {
    /// Below the server's base URL.
    public static final String CREATE_ROOM_PATH = "/twirp/livekit.RoomService/CreateRoom";

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
}
