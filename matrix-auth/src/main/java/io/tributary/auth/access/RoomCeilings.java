package io.tributary.auth.access;

import io.tributary.auth.matrix.Deadline;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Makes rooms within the ceilings of the rule that allows them. Any thread; blocks while the SFU is asked.
///
/// Rooms that were made under a rule are remembered, and forgotten when the rule's ceiling is reached and they turn out
/// to be gone. A restart forgets them all: beside an SFU that lives on, the count begins anew.
public final class RoomCeilings {
    private static final class Count {
        final ReentrantLock lock = new ReentrantLock(true);
        final Set<String> rooms = new HashSet<>();
    }

    /// What came of it.
    public sealed interface Outcome {
        record Ready() implements Outcome {}

        /// As many rooms as the rule allows are there.
        record Full() implements Outcome {}

        /// @param reason for the log
        record Failed(String reason) implements Outcome {}
    }

    private final RoomAdmission rooms;

    /// By rule; rules come from the configuration.
    private final Map<String, Count> counts = new HashMap<>();

    public RoomCeilings(RoomAdmission rooms) {
        this.rooms = rooms;
    }

    /// Makes sure that `room` is there, unless its rule has no room left.
    public Outcome ensure(String room, AccessDecision decision, Deadline deadline) {
        if (decision.maxRooms() == 0) {
            return make(room, decision, deadline);
        }
        Count count = count(decision.rule());
        if (!lock(count, deadline)) {
            return new Outcome.Failed("the SFU took too long");
        }
        try {
            if (!count.rooms.contains(room) && count.rooms.size() >= decision.maxRooms()) {
                Optional<Set<String>> alive = deadline.await(rooms.alive(Set.copyOf(count.rooms)));
                if (alive.isEmpty()) {
                    return new Outcome.Failed("the SFU did not say which rooms there are");
                }
                count.rooms.retainAll(alive.get());
                if (count.rooms.size() >= decision.maxRooms()) {
                    return new Outcome.Full();
                }
            }
            Outcome made = make(room, decision, deadline);
            if (made instanceof Outcome.Ready) {
                count.rooms.add(room);
            }
            return made;
        } finally {
            count.lock.unlock();
        }
    }

    private Outcome make(String room, AccessDecision decision, Deadline deadline) {
        Optional<RoomAdmission.Outcome> outcome =
                deadline.await(rooms.ensure(RoomPlan.call(room, decision.maxParticipants())));
        if (outcome.isEmpty()) {
            return new Outcome.Failed("no answer of the SFU");
        }
        return switch (outcome.get()) {
            case RoomAdmission.Outcome.Ready _ -> new Outcome.Ready();
            case RoomAdmission.Outcome.Failed(String reason) -> new Outcome.Failed(reason);
        };
    }

    private Count count(String rule) {
        synchronized (counts) {
            return counts.computeIfAbsent(rule, _ -> new Count());
        }
    }

    private static boolean lock(Count count, Deadline deadline) {
        try {
            return count.lock.tryLock(deadline.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
