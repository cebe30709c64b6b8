package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.request;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerDemandTest {
    private static final LayerDemand MIDDLE = new LayerDemand(1);
    private static final TrackSettings DISABLED = new TrackSettings(true, VideoQuality.HIGH, 0, 0, 0);
    private static final TrackSettings HIGH = new TrackSettings(false, VideoQuality.HIGH, 0, 0, 0);

    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void startsHighWithoutAdaptiveStreamAndLowWithIt() {
        var wish = wish("carol");
        wish.adaptiveStream = true;
        Guest carol = world.guest(wish);
        alice.camera();
        assertThat(bob.demands()).containsExactly(LayerDemand.HIGHEST);
        assertThat(carol.demands()).containsExactly(LayerDemand.LOWEST);
    }

    @Test
    void pausesAfterTheDebounceAndComesBackAtOnce() {
        TrackSid camera = alice.camera();
        world.mark();
        bob.settings(camera, DISABLED);
        world.advance(90);
        assertThat(bob.demands()).isEmpty();
        world.advance(20);
        assertThat(bob.demands()).containsExactly(LayerDemand.NONE);
        bob.settings(camera, HIGH);
        assertThat(bob.demands()).containsExactly(LayerDemand.NONE, LayerDemand.HIGHEST);
    }

    @Test
    void manyChangesWithinTheDebounceBecomeOne() {
        TrackSid camera = alice.camera();
        world.mark();
        for (int height = 700; height > 300; height -= 20) {
            bob.settings(camera, new TrackSettings(false, VideoQuality.HIGH, height * 16 / 9, height, 0));
        }
        world.advance(1_000);
        assertThat(bob.demands()).containsExactly(MIDDLE);
    }

    @Test
    void picksTheSmallestLayerOfNineTenthsOfTheTile() {
        TrackSid camera = alice.camera();
        assertThat(demandFor(camera, 320, 180)).isEqualTo(LayerDemand.LOWEST);
        assertThat(demandFor(camera, 350, 200)).isEqualTo(LayerDemand.LOWEST);
        assertThat(demandFor(camera, 360, 201)).isEqualTo(MIDDLE);
        assertThat(demandFor(camera, 640, 360)).isEqualTo(MIDDLE);
        assertThat(demandFor(camera, 1000, 500)).isEqualTo(LayerDemand.HIGHEST);
        assertThat(demandFor(camera, 4000, 3000)).isEqualTo(LayerDemand.HIGHEST);
    }

    @Test
    void followsQuality() {
        TrackSid camera = alice.camera();
        assertThat(demandFor(camera, VideoQuality.LOW)).isEqualTo(LayerDemand.LOWEST);
        assertThat(demandFor(camera, VideoQuality.MEDIUM)).isEqualTo(MIDDLE);
        assertThat(demandFor(camera, VideoQuality.HIGH)).isEqualTo(LayerDemand.HIGHEST);
        assertThat(demandFor(camera, VideoQuality.OFF)).isEqualTo(LayerDemand.NONE);
    }

    @Test
    void carriesTheFrameRateAlongUnderTheSameDebounce() {
        TrackSid camera = alice.camera();
        world.mark();
        bob.settings(camera, new TrackSettings(false, VideoQuality.HIGH, 0, 0, 10));
        bob.settings(camera, new TrackSettings(false, VideoQuality.HIGH, 0, 0, 15));
        assertThat(bob.demands()).isEmpty();
        world.advance(200);
        assertThat(bob.demands()).containsExactly(LayerDemand.HIGHEST.atMost(15));
        assertThat(demandFor(camera, new TrackSettings(false, VideoQuality.HIGH, 640, 360, 15)))
                .isEqualTo(MIDDLE.atMost(15));
        assertThat(demandFor(camera, new TrackSettings(true, VideoQuality.HIGH, 640, 360, 15)))
                .isEqualTo(LayerDemand.NONE);
        assertThat(demandFor(camera, HIGH)).as("not said").isEqualTo(LayerDemand.HIGHEST);
    }

    @Test
    void aFrameRateBeyondAllNumbersIsNoLimit() {
        assertThat(demandFor(alice.camera(), new TrackSettings(false, VideoQuality.LOW, 0, 0, -1)))
                .isEqualTo(LayerDemand.LOWEST);
    }

    @Test
    void aTrackOfOneLayerAnswersEveryQuality() {
        List<VideoLayer> onlyHigh = List.of(new VideoLayer(VideoQuality.HIGH, 1280, 720, 1_500_000));
        TrackSid camera = alice.announces(request("cam", TrackType.VIDEO, MediaSource.UNKNOWN, onlyHigh, List.of()));
        alice.negotiates("cam", Codec.VP8, List.of());
        assertThat(demandFor(camera, VideoQuality.LOW)).isEqualTo(LayerDemand.LOWEST);
        assertThat(demandFor(camera, 160, 90)).isEqualTo(LayerDemand.LOWEST);
        assertThat(bob.demands()).containsOnly(LayerDemand.LOWEST);
    }

    @Test
    void hiddenAudioPausesToo() {
        TrackSid microphone = alice.microphone();
        world.mark();
        bob.settings(microphone, DISABLED);
        world.advance(200);
        assertThat(bob.demands()).containsExactly(LayerDemand.NONE);
    }

    @Test
    void settingsSurviveUnsubscribing() {
        TrackSid camera = alice.camera();
        bob.settings(camera, DISABLED);
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), false));
        world.advance(1_000);
        world.mark();
        bob.does(new RoomIntent.UpdateSubscription(bob.sid, List.of(camera), true));
        assertThat(bob.demands()).containsExactly(LayerDemand.NONE);
    }

    @Test
    void settingsForTracksOfNobodyAreIgnored() {
        world.mark();
        bob.settings(new TrackSid("TR_VCnothing"), DISABLED);
        world.advance(1_000);
        assertThat(bob.demands()).isEmpty();
    }

    private LayerDemand demandFor(TrackSid track, int width, int height) {
        return demandFor(track, new TrackSettings(false, VideoQuality.HIGH, width, height, 0));
    }

    private LayerDemand demandFor(TrackSid track, VideoQuality quality) {
        return demandFor(track, new TrackSettings(false, quality, 0, 0, 0));
    }

    private LayerDemand demandFor(TrackSid track, TrackSettings settings) {
        bob.settings(track, settings);
        world.advance(200);
        return bob.demands().getLast();
    }
}
