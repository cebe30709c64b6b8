package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Many join at once: the publisher pays once.
class JoinStormTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void costsOneKeyframe(int loops) {
        var call = new Call(20, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        List<Call.Person> crowd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            crowd.add(call.join("fan-" + i));
        }
        int before = camera.encoders.getFirst().keyframeRequests();
        List<Viewer> viewers = crowd.stream()
                .map(fan -> fan.view("TR_camera", LayerDemand.LOWEST))
                .toList();
        call.runForMillis(3_000);
        assertThat(camera.encoders.getFirst().keyframeRequests() - before).isEqualTo(1);
        assertThat(camera.encoders.get(1).keyframeRequests()).isZero();
        for (Viewer viewer : viewers) {
            assertThat(viewer.arrivals.getFirst().startsKeyframe()).isTrue();
            viewer.assertContinuous();
        }
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }
}
