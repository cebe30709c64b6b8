package io.tributary.auth.openid;

import io.tributary.auth.matrix.Deadline;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How many are at work at the same time: altogether, and for one key. Any thread; waits for its turn.
final class Turnstile<K> {
    /// What came of wanting through.
    enum Entry {
        /// Somebody is through, and has to [Turnstile#leave].
        THROUGH,

        /// Too many with the same key.
        KEY_CROWDED,

        /// Too many altogether.
        ALL_CROWDED
    }

    private static final class Gate {
        final Semaphore permits;
        int users;

        Gate(int permits) {
            this.permits = new Semaphore(permits, true);
        }
    }

    private final int most;
    private final Semaphore total;
    private final int perKey;
    private final LongAdder waitedForKey = new LongAdder();
    private final LongAdder waitedForAll = new LongAdder();

    /// Only keys that somebody is at, or waits for.
    private final ConcurrentHashMap<K, Gate> gates = new ConcurrentHashMap<>();

    Turnstile(int most, int perKey) {
        this.most = most;
        this.total = new Semaphore(most, true);
        this.perKey = perKey;
    }

    /// Lets somebody through, soon or not at all. A key's own permit comes first: who waits for that holds none of
    /// everybody's.
    Entry enter(K key, Deadline patience) {
        Gate gate = gates.compute(key, (_, before) -> {
            Gate at = before == null ? new Gate(perKey) : before;
            at.users++;
            return at;
        });
        if (!acquire(gate.permits, patience, waitedForKey)) {
            forget(key);
            return Entry.KEY_CROWDED;
        }
        if (!acquire(total, patience, waitedForAll)) {
            gate.permits.release();
            forget(key);
            return Entry.ALL_CROWDED;
        }
        return Entry.THROUGH;
    }

    void leave(K key) {
        total.release();
        Gate gate = gates.get(key);
        if (gate == null) {
            throw new IllegalStateException("somebody left who never entered");
        }
        gate.permits.release();
        forget(key);
    }

    /// How many are through.
    int inside() {
        return most - total.availablePermits();
    }

    /// How many had to wait because of others with the same key.
    long waitedForKey() {
        return waitedForKey.sum();
    }

    /// How many had to wait because of all others.
    long waitedForAll() {
        return waitedForAll.sum();
    }

    private void forget(K key) {
        gates.computeIfPresent(key, (_, gate) -> --gate.users == 0 ? null : gate);
    }

    private static boolean acquire(Semaphore permits, Deadline patience, LongAdder waits) {
        try {
            if (permits.tryAcquire(0, TimeUnit.MILLISECONDS)) { // unlike tryAcquire() it overtakes nobody
                return true;
            }
            waits.increment();
            return permits.tryAcquire(patience.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
