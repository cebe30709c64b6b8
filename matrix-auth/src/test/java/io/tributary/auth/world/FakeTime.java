package io.tributary.auth.world;

import io.tributary.auth.matrix.Timekeeper;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes when somebody waits.
public final class FakeTime implements Timekeeper {
    private final AtomicLong now = new AtomicLong(1_000_000);

    @Override
    public long nowMillis() {
        return now.get();
    }

    @Override
    public void pause(long millis) {
        now.addAndGet(millis);
    }
}
