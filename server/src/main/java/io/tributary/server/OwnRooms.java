package io.tributary.server;

import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.access.RoomPlan;
import io.tributary.sfu.room.RoomOrder;
import io.tributary.sfu.room.RoomOutcome;
import io.tributary.sfu.signal.Administration;
import io.tributary.sfu.token.RoomName;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/// The rooms of this very process, as the Matrix door sees them.
final class OwnRooms implements RoomAdmission {
    private final Administration rooms;

    OwnRooms(Administration rooms) {
        this.rooms = rooms;
    }

    @Override
    public CompletionStage<Outcome> ensure(RoomPlan plan) {
        return rooms.ensure(order(plan)).thenApply(outcome -> switch (outcome) {
            case RoomOutcome.Present _ -> new Outcome.Ready();
            case RoomOutcome.Refused(RoomOutcome.Reason _, String message) -> new Outcome.Failed(message);
        });
    }

    @Override
    public CompletionStage<Set<String>> alive(Collection<String> names) {
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(Set.of());
        }
        return rooms.rooms(names.stream().map(RoomName::new).toList())
                .thenApply(
                        found -> found.stream().map(room -> room.name().value()).collect(Collectors.toSet()));
    }

    static RoomOrder order(RoomPlan plan) {
        return new RoomOrder(
                new RoomName(plan.room()),
                plan.emptyTimeoutSeconds(),
                plan.departureTimeoutSeconds(),
                plan.maxParticipants(),
                "");
    }
}
