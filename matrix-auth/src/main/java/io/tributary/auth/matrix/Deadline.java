package io.tributary.auth.matrix;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A moment by which something has to be over, whatever it waits for.
public final class Deadline {
    private final Timekeeper time;
    private final long atMillis;

    private Deadline(Timekeeper time, long atMillis) {
        this.time = time;
        this.atMillis = atMillis;
    }

    public static Deadline in(Duration from, Timekeeper time) {
        return new Deadline(time, time.nowMillis() + from.toMillis());
    }

    /// This one, or `from` now if that is sooner.
    public Deadline sooner(Duration from) {
        return new Deadline(time, Math.min(atMillis, time.nowMillis() + from.toMillis()));
    }

    /// Never below zero.
    public long leftMillis() {
        return Math.max(0, atMillis - time.nowMillis());
    }

    public boolean isOver() {
        return leftMillis() == 0;
    }

    /// Blocks for what `stage` yields; empty when it fails or takes too long.
    public <T> Optional<T> await(CompletionStage<T> stage) {
        try {
            return Optional.of(stage.toCompletableFuture().get(leftMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
