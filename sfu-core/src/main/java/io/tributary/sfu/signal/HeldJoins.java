package io.tributary.sfu.signal;

import io.tributary.sfu.room.JoinOrder;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// People who may join a room but not make one, and who came before it was there: in a federated call everybody
/// arrives at once, and who may make the room is not always first. They wait a little. Control loop only.
final class HeldJoins implements Timed {
    /// The Rust SDK gives an upgrade 5 s as a whole, the way there and back and the join included.
    static final long LONGEST_HOLD_MICROS = 3_000_000;

    /// Each is a socket and a request. A call of hundreds that starts on the minute fits; who comes when there are more
    /// is answered at once, as by a server that holds nobody.
    static final int MOST_HELD = 1_000;

    /// One client's wish to join.
    record Held(JoinOrder order, JoinParameters parameters, UpgradeRequest upgrade, long untilMicros) {
        RoomName room() {
            return order.token().room();
        }
    }

    private record Seat(RoomName room, ParticipantIdentity identity) {}

    private final SignalCounters counters;
    private final Consumer<Held> whenTooLate;

    /// In the order in which they came, which is that of their deadlines.
    private final LinkedHashMap<Seat, Held> waiting = new LinkedHashMap<>();

    /// @param whenTooLate answers somebody whose room did not come
    HeldJoins(SignalCounters counters, Consumer<Held> whenTooLate) {
        this.counters = counters;
        this.whenTooLate = whenTooLate;
    }

    /// Whether somebody may wait now; if not, the answer has to be given at once. Of several who want the same seat
    /// the last one waits.
    boolean hold(long nowMicros, JoinOrder order, JoinParameters parameters, UpgradeRequest upgrade) {
        var seat = new Seat(order.token().room(), order.token().identity());
        Held earlier = waiting.remove(seat);
        if (earlier != null) {
            finish(HoldOutcome.REPLACED);
            whenTooLate.accept(earlier);
        }
        if (waiting.size() >= MOST_HELD) {
            counters.held(HoldOutcome.TOO_MANY);
            return false;
        }
        waiting.put(seat, new Held(order, parameters, upgrade, nowMicros + LONGEST_HOLD_MICROS));
        counters.holding.incrementAndGet();
        return true;
    }

    /// Those who waited for `room`, in the order in which they came; they wait no longer.
    List<Held> release(RoomName room) {
        List<Held> released = new ArrayList<>();
        Iterator<Held> all = waiting.values().iterator();
        while (all.hasNext()) {
            Held held = all.next();
            if (held.room().equals(room)) {
                all.remove();
                released.add(held);
                finish(HoldOutcome.ROOM_CAME);
            }
        }
        return released;
    }

    /// Nobody waits any longer.
    void giveUp() {
        expire(NEVER);
    }

    @Override
    public long nextDeadlineMicros() {
        Held first = first();
        return first == null ? NEVER : first.untilMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        expire(nowMicros);
    }

    private void expire(long nowMicros) {
        for (Held held = first(); held != null && held.untilMicros() <= nowMicros; held = first()) {
            waiting.pollFirstEntry();
            finish(HoldOutcome.EXPIRED);
            whenTooLate.accept(held);
        }
    }

    private @Nullable Held first() {
        Iterator<Held> all = waiting.values().iterator();
        return all.hasNext() ? all.next() : null;
    }

    private void finish(HoldOutcome outcome) {
        counters.holding.decrementAndGet();
        counters.held(outcome);
    }
}
