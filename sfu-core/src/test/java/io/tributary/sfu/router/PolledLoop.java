package io.tributary.sfu.router;

import io.tributary.transport.loop.MediaLoop;
import io.tributary.transport.loop.Polled;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.sim.SimLoop;
import java.util.ArrayList;
import java.util.List;

/// A simulated loop that looks at what it polls whenever it is woken, and can be made to sleep through that.
final class PolledLoop implements MediaLoop {
    private final SimLoop loop;
    private final List<Polled> polled = new ArrayList<>();
    boolean stuck;

    PolledLoop(SimLoop loop) {
        this.loop = loop;
    }

    @Override
    public void poll(Polled source) {
        polled.add(source);
    }

    @Override
    public void unpoll(Polled source) {
        polled.remove(source);
    }

    @Override
    public void wakeup() {
        loop.post(() -> {
            if (!stuck) {
                polled.forEach(source -> source.poll(loop.nowMicros()));
            }
        });
    }

    @Override
    public void post(Runnable task) {
        loop.post(task);
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    @Override
    public long nowMicros() {
        return loop.nowMicros();
    }

    @Override
    public void watch(Timed timed) {
        loop.watch(timed);
    }

    @Override
    public void unwatch(Timed timed) {
        loop.unwatch(timed);
    }
}
