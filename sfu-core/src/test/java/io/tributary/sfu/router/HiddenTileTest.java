package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A tile that nobody sees costs nothing, and comes back quickly.
class HiddenTileTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void stopsWithinHalfASecondAndReturnsWithAKeyframeWithinOne(int loops) {
        var call = new Call(7, loops);
        call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(2_000);
        bob.demand(LayerDemand.NONE);
        call.runForMillis(500);
        int before = bob.arrivals.size();
        call.runForMillis(30_000);
        assertThat(bob.arrivals).hasSize(before);
        long shownMicros = call.world.nowMicros();
        int lastTicks = bob.last().timestampTicks();
        long lastMicros = bob.last().atMicros();
        bob.demand(LayerDemand.LOWEST);
        call.runForMillis(1_000);
        Viewer.Arrival first = bob.arrivals.get(before);
        assertThat(first.startsKeyframe()).isTrue();
        assertThat(first.atMicros() - shownMicros).isLessThan(1_000_000);
        assertThat(first.timestampTicks() - lastTicks)
                .as("time went on while the tile was hidden")
                .isBetween((int) ((first.atMicros() - lastMicros) * 9 / 100 - 9_000), (int)
                        ((first.atMicros() - lastMicros) * 9 / 100 + 9_000));
        bob.assertContinuous();
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }
}
