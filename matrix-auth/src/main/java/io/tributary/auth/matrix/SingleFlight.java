package io.tributary.auth.matrix;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// Work that many ask for at the same time is done once. Holds what is under way and nothing else. Any thread.
public final class SingleFlight<K, V> {
    private final ConcurrentHashMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();
    private final Executor blocking;

    /// @param blocking a virtual thread for each flight, so that who asked first may give up and leave it to others
    public SingleFlight(Executor blocking) {
        this.blocking = blocking;
    }

    /// The flight for `key`, which is begun if there is none.
    public CompletionStage<V> join(K key, Supplier<V> work) {
        var fresh = new CompletableFuture<V>();
        CompletableFuture<V> flying = flights.putIfAbsent(key, fresh);
        if (flying != null) {
            return flying;
        }
        blocking.execute(() -> {
            try {
                V done = work.get();
                flights.remove(key, fresh); // first: who has heard of the end and comes again is not told the same
                fresh.complete(done);
            } catch (RuntimeException | Error e) {
                flights.remove(key, fresh);
                fresh.completeExceptionally(e);
                throw e;
            }
        });
        return fresh;
    }
}
