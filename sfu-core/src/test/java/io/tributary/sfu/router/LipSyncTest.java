package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.sfu.track.LayerDemand;
import java.util.Comparator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A receiver plays sound and picture together by what sender reports say of both clocks.
class LipSyncTest {
    /// The report that a receiver goes by for a frame tells when it was captured, to a few milliseconds, whatever layer
    /// it came from.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void survivesSwitches(int loops) {
        var call = new Call(11, loops);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        alice.uplink().jitterMillis(15);
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.LOWEST);
        int checked = 0;
        for (int i = 1; i <= 12; i++) {
            call.runForMillis(1_700);
            checked += check(camera, bob);
            bob.demand(new LayerDemand(i % 3));
        }
        assertThat(checked).isEqualTo(12);
    }

    /// The last frame's capture time by the last report, against the truth.
    private static int check(Camera camera, Viewer viewer) {
        Viewer.Report report = viewer.reports.getLast();
        Viewer.Arrival frame = viewer.arrivals.stream()
                .max(Comparator.comparingLong(Viewer.Arrival::extendedSeq))
                .orElseThrow();
        long capturedMicros = camera.capture(frame.body()).atMicros();
        long reportedMicros =
                (report.ntpTime() >>> 32) * 1_000_000 + (((report.ntpTime() & 0xFFFF_FFFFL) * 1_000_000) >>> 32);
        long byReportMicros = reportedMicros + (frame.timestampTicks() - report.timestampTicks()) * 100L / 9;
        assertThat(byReportMicros).isCloseTo(capturedMicros, within(20_000L));
        return 1;
    }
}
