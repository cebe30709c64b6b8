package io.tributary.auth.openid;

import io.tributary.auth.matrix.Deadline;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// How many are at work at the same time: altogether, and for one key. Any thread; waits for its turn.
final class Turnstile<K> {
    private static final class Gate {
        final Semaphore permits;
        int users;

        Gate(int permits) {
            this.permits = new Semaphore(permits, true);
        }
    }

    private final Semaphore total;
    private final int perKey;

    /// Only keys that somebody is at, or waits for.
    private final ConcurrentHashMap<K, Gate> gates = new ConcurrentHashMap<>();

    Turnstile(int total, int perKey) {
        this.total = new Semaphore(total, true);
        this.perKey = perKey;
    }

    /// Whether it let somebody through, who then has to [#leave]. A key's own permit comes first: who waits for that
    /// holds none of everybody's.
    boolean enter(K key, Deadline patience) {
        Gate gate = gates.compute(key, (_, before) -> {
            Gate at = before == null ? new Gate(perKey) : before;
            at.users++;
            return at;
        });
        if (acquire(gate.permits, patience)) {
            if (acquire(total, patience)) {
                return true;
            }
            gate.permits.release();
        }
        forget(key);
        return false;
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

    private void forget(K key) {
        gates.computeIfPresent(key, (_, gate) -> --gate.users == 0 ? null : gate);
    }

    private static boolean acquire(Semaphore permits, Deadline patience) {
        try {
            return permits.tryAcquire(patience.leftMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
