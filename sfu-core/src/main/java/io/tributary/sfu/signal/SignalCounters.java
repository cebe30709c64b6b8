package io.tributary.sfu.signal;

import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.RequestOutcome;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// What came of what clients asked for, for people. Any thread.
public final class SignalCounters {
    final AtomicLong joins = new AtomicLong();
    final AtomicLong sentAway = new AtomicLong();
    final AtomicLong floods = new AtomicLong();
    final AtomicLong unreadable = new AtomicLong();
    final AtomicLong holding = new AtomicLong();
    private final AtomicLongArray holds = new AtomicLongArray(HoldOutcome.values().length);
    private final AtomicLongArray refusals = new AtomicLongArray(JoinRefusal.values().length);
    private final AtomicLongArray departures = new AtomicLongArray(DisconnectReason.values().length);
    private final AtomicLongArray answers = new AtomicLongArray(RequestOutcome.values().length);

    /// Participants let into a room.
    public long joins() {
        return joins.get();
    }

    /// Requests to join that were refused.
    public long refusals(JoinRefusal reason) {
        return refusals.get(reason.ordinal());
    }

    /// People who wait for a room to join, right now.
    public long holding() {
        return holding.get();
    }

    /// People who had to wait for a room, by how that ended.
    public long holds(HoldOutcome outcome) {
        return holds.get(outcome.ordinal());
    }

    /// Clients that wanted to go on with an earlier session and were told to join anew.
    public long sentAway() {
        return sentAway.get();
    }

    /// Participants who left or were put out.
    public long departures(DisconnectReason reason) {
        return departures.get(reason.ordinal());
    }

    /// Requests of participants that were answered.
    public long answers(RequestOutcome outcome) {
        return answers.get(outcome.ordinal());
    }

    /// Messages that came while too many of the same client were waiting; each closes the client's WebSocket.
    public long floods() {
        return floods.get();
    }

    /// Messages that were no signal request.
    public long unreadable() {
        return unreadable.get();
    }

    void held(HoldOutcome outcome) {
        holds.incrementAndGet(outcome.ordinal());
    }

    void refused(JoinRefusal reason) {
        refusals.incrementAndGet(reason.ordinal());
    }

    void departed(DisconnectReason reason) {
        departures.incrementAndGet(reason.ordinal());
    }

    void answered(RequestOutcome outcome) {
        answers.incrementAndGet(outcome.ordinal());
    }
}
