package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.request;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.SubscribedQualities;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.room.TrackRequest.SimulcastCodec;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribedQualityTest {
    private static final TrackSettings LOW = new TrackSettings(false, VideoQuality.LOW, 0, 0, 0);
    private static final TrackSettings MEDIUM = new TrackSettings(false, VideoQuality.MEDIUM, 0, 0, 0);
    private static final TrackSettings HIGH = new TrackSettings(false, VideoQuality.HIGH, 0, 0, 0);
    private static final TrackSettings DISABLED = new TrackSettings(true, VideoQuality.HIGH, 0, 0, 0);

    private static final SimulcastCodec VP8 = new SimulcastCodec("vp8", "", List.of(), VideoLayerMode.UNUSED);

    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");

    @Test
    void theFirstSubscriberSwitchesItsQualityOnAtOnce() {
        world.guest("bob");
        world.mark();
        TrackSid camera = alice.camera();
        assertThat(alice.told(SubscribedQualities.class))
                .containsExactly(new SubscribedQualities(camera, List.of("vp8"), upTo(VideoQuality.HIGH)));
    }

    /// A client publishes a backup as soon as somebody wants any of it: nobody ever does.
    @Test
    void nobodyWantsTheCodecsBehindTheForwardedOne() {
        world.guest("bob");
        world.mark();
        alice.announces(request("cam", TrackType.VIDEO, MediaSource.CAMERA, List.of(), List.of(vp9("cam"), VP8)));
        alice.negotiates("cam", Codec.VP9, List.of());
        assertThat(codecsTold()).containsExactly(List.of("vp9", "vp8"));
    }

    /// It calls its one sender by the codec that it asked for, and would publish the other as a backup.
    @Test
    void aCodecThatTheClientCouldNotOfferKeepsItsName() {
        world.guest("bob");
        world.mark();
        alice.announces(request("cam", TrackType.VIDEO, MediaSource.CAMERA, List.of(), List.of(vp9("cam"), VP8)));
        alice.negotiates("cam", Codec.VP8, List.of());
        assertThat(codecsTold()).containsExactly(List.of("vp9", "vp8"));
    }

    @Test
    void twoLayersAreNeverCalledHigh() {
        world.guest("bob");
        List<VideoLayer> two = List.of(
                new VideoLayer(VideoQuality.LOW, 320, 180, 160_000),
                new VideoLayer(VideoQuality.MEDIUM, 640, 360, 450_000));
        world.mark();
        alice.announces(request("cam", TrackType.VIDEO, MediaSource.CAMERA, two, List.of()));
        alice.negotiates("cam", Codec.VP8, List.of("q", "h"));
        assertThat(told()).containsExactly(upTo(VideoQuality.MEDIUM));
    }

    @Test
    void lessIsToldAfterFiveSecondsAndMoreAtOnce() {
        Guest bob = world.guest("bob");
        TrackSid camera = alice.camera();
        world.advance(1_000);
        world.mark();
        bob.settings(camera, LOW);
        world.advance(5_000);
        assertThat(told()).isEmpty();
        world.advance(200);
        assertThat(told()).containsExactly(upTo(VideoQuality.LOW));
        world.mark();
        bob.settings(camera, HIGH);
        world.advance(110);
        assertThat(told()).containsExactly(upTo(VideoQuality.HIGH));
    }

    @Test
    void aShortVisitBelowIsNotTold() {
        Guest bob = world.guest("bob");
        TrackSid camera = alice.camera();
        world.mark();
        bob.settings(camera, LOW);
        world.advance(3_000);
        bob.settings(camera, HIGH);
        world.advance(10_000);
        assertThat(told()).isEmpty();
    }

    @Test
    void theMostDemandingSubscriberDecides() {
        Guest bob = world.guest("bob");
        Guest carol = world.guest("carol");
        TrackSid camera = alice.camera();
        world.mark();
        bob.settings(camera, LOW);
        world.advance(10_000);
        assertThat(told()).isEmpty();
        carol.does(new RoomIntent.Leave(carol.sid, DisconnectReason.CLIENT_INITIATED));
        world.advance(6_000);
        assertThat(told()).containsExactly(upTo(VideoQuality.LOW));
    }

    @Test
    void nobodyLeftMeansNothingIsWanted() {
        Guest bob = world.guest("bob");
        TrackSid camera = alice.camera();
        world.mark();
        bob.settings(camera, DISABLED);
        world.advance(6_000);
        assertThat(told()).containsExactly(nothing());
        world.mark();
        bob.settings(camera, HIGH);
        assertThat(told()).containsExactly(upTo(VideoQuality.HIGH));
    }

    @Test
    void aTrackWithoutAnySubscriberIsPausedAfterFiveSeconds() {
        world.mark();
        alice.camera();
        world.advance(4_900);
        assertThat(told()).isEmpty();
        world.advance(200);
        assertThat(told()).containsExactly(nothing());
        world.mark();
        var adaptive = wish("bob");
        adaptive.adaptiveStream = true;
        world.guest(adaptive);
        assertThat(told()).containsExactly(upTo(VideoQuality.LOW));
    }

    @Test
    void anUnmutedTrackIsToldAgain() {
        world.guest("bob");
        TrackSid camera = alice.camera();
        alice.does(new RoomIntent.Mute(alice.sid, camera, true));
        world.mark();
        alice.does(new RoomIntent.Mute(alice.sid, camera, false));
        assertThat(told()).containsExactly(upTo(VideoQuality.HIGH));
    }

    /// However they come, go, and change their minds.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void thePublisherKnowsTheBestThatAnybodyWants(long seed) {
        var random = new Random(seed);
        var wants = new LinkedHashMap<Guest, TrackSettings>();
        TrackSid camera = alice.camera();
        List<Map<VideoQuality, Boolean>> lately = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            world.mark();
            for (int change = random.nextInt(5); change >= 0; change--) {
                changeOne(random, wants, camera);
            }
            world.advance(6_000);
            lately.addAll(told());
            assertThat(lately.getLast()).as("round %d of seed %d", round, seed).isEqualTo(best(wants.values()));
        }
    }

    private void changeOne(Random random, Map<Guest, TrackSettings> wants, TrackSid camera) {
        List<Guest> guests = List.copyOf(wants.keySet());
        int kind = random.nextInt(3);
        if (guests.isEmpty() || kind == 0 && guests.size() < 10) {
            wants.put(world.guest("guest-" + random.nextLong()), HIGH);
            return;
        }
        Guest guest = guests.get(random.nextInt(guests.size()));
        if (kind == 1) {
            guest.does(new RoomIntent.Leave(guest.sid, DisconnectReason.CLIENT_INITIATED));
            wants.remove(guest);
        } else {
            TrackSettings next = List.of(LOW, MEDIUM, HIGH, DISABLED).get(random.nextInt(4));
            guest.settings(camera, next);
            wants.put(guest, next);
        }
    }

    private static Map<VideoQuality, Boolean> best(Collection<TrackSettings> wants) {
        return wants.stream()
                .filter(settings -> !settings.disabled())
                .map(TrackSettings::quality)
                .max(Comparator.naturalOrder())
                .map(SubscribedQualityTest::upTo)
                .orElse(nothing());
    }

    /// `OFF` is no size; a stranger's client may still say it.
    @Test
    void aLayerWithoutAQualityHurtsNobody() {
        world.guest("bob");
        List<VideoLayer> odd = List.of(
                new VideoLayer(VideoQuality.OFF, 320, 180, 160_000),
                new VideoLayer(VideoQuality.OFF, 640, 360, 450_000));
        world.mark();
        alice.announces(request("cam", TrackType.VIDEO, MediaSource.CAMERA, odd, List.of()));
        alice.negotiates("cam", Codec.VP8, List.of("q", "h"));
        assertThat(told()).containsExactly(upTo(VideoQuality.HIGH));
    }

    @Test
    void audioHasNoQualities() {
        world.guest("bob");
        world.mark();
        alice.microphone();
        world.advance(10_000);
        assertThat(told()).isEmpty();
    }

    @Test
    void anEndedTrackIsNotToldAbout() {
        Guest bob = world.guest("bob");
        TrackSid camera = alice.camera();
        bob.settings(camera, LOW);
        world.advance(1_000);
        alice.does(new RoomIntent.TrackEnded(alice.sid, "7"));
        world.mark();
        world.advance(20_000);
        assertThat(told()).isEmpty();
    }

    private List<Map<VideoQuality, Boolean>> told() {
        return alice.told(SubscribedQualities.class).stream()
                .map(SubscribedQualities::enabled)
                .toList();
    }

    private static Map<VideoQuality, Boolean> upTo(VideoQuality best) {
        return Map.of(
                VideoQuality.LOW,
                true,
                VideoQuality.MEDIUM,
                best.compareTo(VideoQuality.MEDIUM) >= 0,
                VideoQuality.HIGH,
                best.compareTo(VideoQuality.HIGH) >= 0);
    }

    private static Map<VideoQuality, Boolean> nothing() {
        return Map.of(VideoQuality.LOW, false, VideoQuality.MEDIUM, false, VideoQuality.HIGH, false);
    }

    private List<List<String>> codecsTold() {
        return alice.told(SubscribedQualities.class).stream()
                .map(SubscribedQualities::codecs)
                .toList();
    }

    private static SimulcastCodec vp9(String cid) {
        return new SimulcastCodec("vp9", cid, List.of(), VideoLayerMode.UNUSED);
    }
}
