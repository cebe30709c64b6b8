package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.TrackSid;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the control plane is told about sound and connections.
class ReportsTest {
    @Test
    void tellsTenTimesASecondHowLoudAMicrophoneIs() {
        var call = new Call(51, 1);
        Call.Person alice = call.join("alice");
        Microphone microphone = alice.microphone("TR_microphone");
        microphone.dbov = 20;
        call.runForMillis(1_000);
        microphone.dbov = 70;
        call.runForMillis(1_000);
        List<RouterEvent> levels = alice.events.stream()
                .filter(RouterEvent.AudioLevel.class::isInstance)
                .toList();
        assertThat(levels).hasSizeBetween(18, 21);
        var track = new TrackSid("TR_microphone");
        assertThat(levels.get(3)).isEqualTo(new RouterEvent.AudioLevel(track, 20, 100, 100));
        assertThat(levels.get(15)).isEqualTo(new RouterEvent.AudioLevel(track, 70, 0, 100));
        microphone.running = false;
        call.runForMillis(1_000);
        assertThat(alice.events.stream().filter(RouterEvent.AudioLevel.class::isInstance))
                .hasSizeLessThanOrEqualTo(levels.size() + 1);
    }

    @Test
    void tellsEveryTwoSecondsHowConnectionsDo() {
        var call = new Call(52, 2);
        Call.Person alice = call.join("alice");
        alice.microphone("TR_microphone");
        alice.uplink().loss(0.3);
        call.runForMillis(10_100);
        List<RouterEvent.Quality> reports = alice.events.stream()
                .filter(RouterEvent.Quality.class::isInstance)
                .map(RouterEvent.Quality.class::cast)
                .toList();
        assertThat(reports).hasSizeBetween(4, 6);
        assertThat(reports.getLast().peer()).isEqualTo(alice.id);
        assertThat(reports.getLast().uplinkLossPercent()).isBetween(15.0, 45.0);
    }
}
