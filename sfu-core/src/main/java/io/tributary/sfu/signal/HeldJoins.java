package io.tributary.sfu.signal;

import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.DoorClaim;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// People who may join a room but not make one, and who came before it was there: in a federated call everybody
/// arrives at once, and who may make the room is not always first. They wait a little. Control loop only.
final class HeldJoins implements Timed {
    /// The Rust SDK gives an upgrade 5 s as a whole, the way there and back and the join included.
    static final long LONGEST_HOLD_MICROS = 3_000_000;

    /// Each is a socket and a request. A call of hundreds that starts on the minute fits; who comes when there are more
    /// is answered at once, as by a server that holds nobody.
    static final int MOST_HELD = 1_000;

    /// Of one Matrix user: some devices, of which each tries again. Else one user could take all places.
    static final int MOST_HELD_OF_USER = 10;

    /// The requests of all who wait, as they came; a usual one takes 2 to 8 kB.
    static final long MOST_HELD_BYTES = 8 << 20;

    private record Seat(RoomName room, ParticipantIdentity identity) {}

    /// One client's wish to join.
    ///
    /// @param user who it is at the Matrix door; empty when the token does not say it
    /// @param again tries for the last time, when the room has come or the time is over
    private record Held(String user, int bytes, long untilMicros, Runnable again) {}

    private final SignalCounters counters;

    /// In the order in which they came, which is that of their deadlines.
    private final LinkedHashMap<Seat, Held> waiting = new LinkedHashMap<>();

    private long heldBytes;

    HeldJoins(SignalCounters counters) {
        this.counters = counters;
    }

    /// Whether somebody may wait now; if not, the answer has to be given at once. Of several who want the same seat
    /// the last one waits.
    ///
    /// @param bytes what is kept of the request meanwhile
    /// @param again tries for the last time, when the room has come or the time is over
    boolean hold(long nowMicros, AccessToken token, int bytes, Runnable again) {
        var seat = new Seat(token.room(), token.identity());
        Held earlier = waiting.remove(seat);
        if (earlier != null) {
            finish(earlier, HoldOutcome.REPLACED);
            earlier.again().run();
        }
        String user = token.door().map(DoorClaim::user).orElse("");
        if (waiting.size() >= MOST_HELD || heldBytes + bytes > MOST_HELD_BYTES || heldOf(user) >= MOST_HELD_OF_USER) {
            counters.held(HoldOutcome.TOO_MANY);
            return false;
        }
        waiting.put(seat, new Held(user, bytes, nowMicros + LONGEST_HOLD_MICROS, again));
        heldBytes += bytes;
        counters.holding.incrementAndGet();
        return true;
    }

    /// Lets those try again who waited for `room`, in the order in which they came.
    void release(RoomName room) {
        List<Held> released = new ArrayList<>();
        Iterator<Map.Entry<Seat, Held>> all = waiting.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Seat, Held> entry = all.next();
            if (entry.getKey().room().equals(room)) {
                all.remove();
                released.add(entry.getValue());
            }
        }
        for (Held held : released) {
            finish(held, HoldOutcome.ROOM_CAME);
            held.again().run();
        }
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
            finish(held, HoldOutcome.EXPIRED);
            held.again().run();
        }
    }

    private long heldOf(String user) {
        return user.isEmpty()
                ? 0
                : waiting.values().stream()
                        .filter(held -> held.user().equals(user))
                        .count();
    }

    private @Nullable Held first() {
        Iterator<Held> all = waiting.values().iterator();
        return all.hasNext() ? all.next() : null;
    }

    private void finish(Held held, HoldOutcome outcome) {
        heldBytes -= held.bytes();
        counters.holding.decrementAndGet();
        counters.held(outcome);
    }
}
