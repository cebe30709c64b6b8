package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.ForwardDrop;
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

    /// Clients that cannot decode ask with every frame they get, and a hundred of them do.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aFloodOfRequestsCostsThePublisherTwoKeyframesASecondAtMost(int loops) {
        var call = new Call(20, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        List<Viewer> viewers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            viewers.add(call.arrive("fan-" + i).view("TR_camera", new LayerDemand(i % 3)));
        }
        call.runForMillis(2_000);
        int[][] asked = new int[101][];
        for (int i = 0; i < asked.length; i++) {
            asked[i] = camera.encoders.stream()
                    .mapToInt(Camera.Encoder::keyframeRequests)
                    .toArray();
            viewers.forEach(Viewer::pli);
            call.runForMillis(50);
        }
        for (int layer = 0; layer < 3; layer++) {
            assertThat(asked[100][layer] - asked[0][layer])
                    .as("layer %s", layer)
                    .isPositive();
            for (int i = 20; i < asked.length; i++) {
                assertThat(asked[i][layer] - asked[i - 20][layer])
                        .as("layer %s, in any second", layer)
                        .isLessThanOrEqualTo(2);
            }
        }
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// One who asks again after each key frame cannot keep a whole room's quality down.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void oneSubscriberHasAShareOfKeyframesOfItsOwn(int loops) {
        var call = new Call(21, loops);
        Camera camera = call.join("alice").camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        call.runForMillis(2_000);
        int before = camera.encoders.getFirst().keyframeRequests();
        for (int i = 0; i < 200; i++) {
            bob.pli();
            call.runForMillis(50);
        }
        assertThat(camera.encoders.getFirst().keyframeRequests() - before)
                .as("in ten seconds: four at once, then one every other second")
                .isBetween(4, 10);
        assertThat(call.plane.counted(ForwardDrop.KEYFRAME_LIMITED)).isPositive();
        bob.assertContinuous();
    }
}
