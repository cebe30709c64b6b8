package io.tributary.sfu.service;

import com.google.protobuf.Message;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.room.RoomOutcome;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.service.TwirpAnswer.Done;
import io.tributary.sfu.service.TwirpAnswer.Failed;
import io.tributary.sfu.service.proto.CreateRoomRequest;
import io.tributary.sfu.service.proto.DeleteRoomRequest;
import io.tributary.sfu.service.proto.DeleteRoomResponse;
import io.tributary.sfu.service.proto.ListParticipantsRequest;
import io.tributary.sfu.service.proto.ListParticipantsResponse;
import io.tributary.sfu.service.proto.ListRoomsRequest;
import io.tributary.sfu.service.proto.ListRoomsResponse;
import io.tributary.sfu.service.proto.RemoveParticipantResponse;
import io.tributary.sfu.service.proto.RoomParticipantIdentity;
import io.tributary.sfu.signal.Administration;
import io.tributary.sfu.signal.ModelWriter;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.sfu.token.VideoGrant;
import io.tributary.transport.http.Routes;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// LiveKit's RoomService: what token services and server SDKs administer rooms with. A method is an entry in the table
/// below: its request, who may call it, what it does.
public final class RoomService {
    private static final String TWIRP = "/twirp/";
    private static final String PREFIX = TWIRP + "livekit.RoomService/";

    private final Administration rooms;
    private final TwirpRoute route;

    public RoomService(Administration rooms, TokenVerifier verifier, InstantSource clock) {
        this.rooms = rooms;
        Map<String, TwirpMethod<?>> methods = Map.of(
                "CreateRoom",
                new TwirpMethod<>(
                        CreateRoomRequest.getDefaultInstance(), (grant, _) -> grant.roomCreate(), this::createRoom),
                "ListRooms",
                new TwirpMethod<>(ListRoomsRequest.getDefaultInstance(), (grant, _) -> grant.roomList(), this::list),
                "DeleteRoom",
                new TwirpMethod<>(
                        DeleteRoomRequest.getDefaultInstance(), (grant, _) -> grant.roomCreate(), this::deleteRoom),
                "ListParticipants",
                new TwirpMethod<>(
                        ListParticipantsRequest.getDefaultInstance(),
                        (grant, request) -> administers(grant, request.getRoom()),
                        this::listParticipants),
                "GetParticipant",
                new TwirpMethod<>(
                        RoomParticipantIdentity.getDefaultInstance(),
                        (grant, request) -> administers(grant, request.getRoom()),
                        this::getParticipant),
                "RemoveParticipant",
                new TwirpMethod<>(
                        RoomParticipantIdentity.getDefaultInstance(),
                        (grant, request) -> administers(grant, request.getRoom()),
                        this::removeParticipant));
        route = new TwirpRoute(PREFIX, methods, verifier, clock);
    }

    /// Answers everything below `/twirp/`.
    public void mount(Routes routes) {
        routes.prefix(TWIRP, route);
    }

    /// Calls that ended so. Any thread.
    public long calls(TwirpCode end) {
        return route.ends(end);
    }

    private static boolean administers(VideoGrant grant, String room) {
        return grant.roomAdmin() && !room.isEmpty() && grant.room().equals(room);
    }

    private CompletionStage<TwirpAnswer> createRoom(CreateRoomRequest request) {
        var order = new RoomOrder(
                new RoomName(request.getName()),
                request.getEmptyTimeout(),
                request.getDepartureTimeout(),
                request.getMaxParticipants(),
                request.getMetadata());
        return rooms.create(order).thenApply(outcome -> switch (outcome) {
            case RoomOutcome.Present(RoomView room, boolean _) -> new Done(ModelWriter.room(room));
            case RoomOutcome.Refused(RoomOutcome.Reason reason, String message) -> new Failed(code(reason), message);
        });
    }

    private static TwirpCode code(RoomOutcome.Reason reason) {
        return switch (reason) {
            case INVALID -> TwirpCode.INVALID_ARGUMENT;
            case FULL -> TwirpCode.RESOURCE_EXHAUSTED;
            case CLOSING -> TwirpCode.UNAVAILABLE;
        };
    }

    private CompletionStage<TwirpAnswer> list(ListRoomsRequest request) {
        return rooms.rooms(request.getNamesList().stream().map(RoomName::new).toList())
                .thenApply(found -> {
                    var response = ListRoomsResponse.newBuilder();
                    found.forEach(room -> response.addRooms(ModelWriter.room(room)));
                    return new Done(response.build());
                });
    }

    private CompletionStage<TwirpAnswer> deleteRoom(DeleteRoomRequest request) {
        return rooms.delete(new RoomName(request.getRoom()))
                .thenApply(present ->
                        orNotFound(present, DeleteRoomResponse.getDefaultInstance(), "requested room does not exist"));
    }

    private CompletionStage<TwirpAnswer> listParticipants(ListParticipantsRequest request) {
        return rooms.participants(new RoomName(request.getRoom())).thenApply(found -> {
            var response = ListParticipantsResponse.newBuilder();
            found.forEach(participant -> response.addParticipants(ModelWriter.participant(participant)));
            return new Done(response.build());
        });
    }

    private CompletionStage<TwirpAnswer> getParticipant(RoomParticipantIdentity request) {
        return rooms.participant(new RoomName(request.getRoom()), new ParticipantIdentity(request.getIdentity()))
                .thenApply(RoomService::participant);
    }

    private static TwirpAnswer participant(Optional<ParticipantView> found) {
        return found.<TwirpAnswer>map(view -> new Done(ModelWriter.participant(view)))
                .orElseGet(() -> new Failed(TwirpCode.NOT_FOUND, "participant does not exist"));
    }

    private CompletionStage<TwirpAnswer> removeParticipant(RoomParticipantIdentity request) {
        return rooms.remove(new RoomName(request.getRoom()), new ParticipantIdentity(request.getIdentity()))
                .thenApply(present -> orNotFound(
                        present, RemoveParticipantResponse.getDefaultInstance(), "participant does not exist"));
    }

    private static TwirpAnswer orNotFound(boolean present, Message message, String otherwise) {
        return present ? new Done(message) : new Failed(TwirpCode.NOT_FOUND, otherwise);
    }
}
