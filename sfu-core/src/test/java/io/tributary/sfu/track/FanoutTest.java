package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FanoutTest {
    private final Fanout<TrackSink> fanout = new Fanout<>();
    private final List<String> calls = new ArrayList<>();
    private final TrackPacket packet = new TrackPacket();

    @Test
    void servesEverybodyAlsoWhenOneFails() {
        fanout.add(sink("a", () -> {}));
        fanout.add(sink("b", () -> {
            throw new IllegalStateException("b is broken");
        }));
        fanout.add(sink("c", () -> {}));
        fanout.send(0, packet);
        assertThat(calls).containsExactly("a", "b", "b failed", "c");
    }

    @Test
    void letsSinksComeAndGoDuringASend() {
        TrackSink late = sink("late", () -> {});
        List<TrackSink> self = new ArrayList<>();
        self.add(sink("leaver", () -> {
            fanout.remove(self.getFirst());
            fanout.add(late);
        }));
        fanout.add(self.getFirst());
        fanout.add(sink("other", () -> {}));
        fanout.send(0, packet);
        assertThat(calls).containsExactly("leaver", "other");
        calls.clear();
        fanout.send(0, packet);
        assertThat(calls).containsExactly("other", "late");
    }

    private TrackSink sink(String name, Runnable act) {
        return new TrackSink() {
            @Override
            public void onPacket(long nowMicros, TrackPacket packet) {
                calls.add(name);
                act.run();
            }

            @Override
            public void onSenderReport(long nowMicros, Layer layer) {}

            @Override
            public void onLoss(long nowMicros, Layer layer) {}

            @Override
            public void onFailure(Throwable failure) {
                calls.add(name + " failed");
            }
        };
    }
}
