package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.sfu.forward.ReplayedCall.Picture;
import io.tributary.transport.recording.Recording;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What Chromium sent, forwarded to a subscriber that changes its mind all the time, decoded by real decoders: each
/// picture comes out as it does from the publisher's whole stream, to the last pixel. A failing seed is in the test's
/// name.
class GoldenDecodeTest {
    private static final List<String> RECORDINGS =
            List.of("vp8-simulcast", "h264-simulcast", "vp9-l3t3-key", "vp9-l3t3", "av1-l3t3-key", "av1-l1t3");
    private static final int SEEDS = 4;

    /// Ten seconds of ten pictures, less mutes and waits for key frames; some ask for every other picture.
    private static final int MANY = 30;

    private static final Map<String, Map<Picture, String>> GOLDEN = new ConcurrentHashMap<>();

    @BeforeAll
    static void assumeThatThereIsADecoder() {
        Ffmpeg.assumeIsHere();
    }

    static Stream<Arguments> recordings() {
        return RECORDINGS.stream()
                .flatMap(name -> IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> Arguments.of(name, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("recordings")
    void decodesEveryPictureAsThePublisherMeantIt(String name, int seed) {
        Map<Picture, byte[]> pictures = new ReplayedCall(Recording.named(name), seed).run();

        assertThat(pictures).hasSizeGreaterThan(MANY);
        assertThat(decoded(name, pictures)).containsExactlyElementsOf(expected(name, pictures));
    }

    /// The last test would pass if decoders painted over whatever is missing.
    @ParameterizedTest
    @ValueSource(strings = {"vp8-simulcast", "h264-simulcast", "vp9-l3t3-key", "vp9-l3t3", "av1-l3t3-key", "av1-l1t3"})
    void noticesThatAPictureIsMissingWhichOthersReferTo(String name) {
        var call = new ReplayedCall(Recording.named(name), 1);
        Map<Picture, byte[]> pictures = call.run();
        pictures.remove(call.firstReferredTo());

        assertThatThrownBy(
                        () -> assertThat(decoded(name, pictures)).containsExactlyElementsOf(expected(name, pictures)))
                .isInstanceOf(AssertionError.class);
    }

    /// Nothing would be shown of layers that nobody was ever given.
    @ParameterizedTest
    @ValueSource(strings = {"vp8-simulcast", "h264-simulcast", "vp9-l3t3-key", "vp9-l3t3", "av1-l3t3-key"})
    void theSeedsLeadThroughAllLayers(String name) {
        assertThat(IntStream.rangeClosed(1, SEEDS)
                        .mapToObj(seed -> new ReplayedCall(Recording.named(name), seed).run())
                        .flatMap(pictures -> pictures.keySet().stream())
                        .map(picture -> picture.layer() + picture.spatialId())
                        .distinct())
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    private static List<String> decoded(String name, Map<Picture, byte[]> pictures) {
        return Ffmpeg.decode(Recording.named(name).codec(), new ArrayList<>(pictures.values()));
    }

    private static List<String> expected(String name, Map<Picture, byte[]> pictures) {
        Map<Picture, String> golden = GOLDEN.computeIfAbsent(name, GoldenDecodeTest::golden);
        return pictures.keySet().stream()
                .map(picture -> golden.getOrDefault(picture, "never sent: " + picture))
                .toList();
    }

    /// Every picture of every layer, decoded from streams that nothing was left out of below it.
    private static Map<Picture, String> golden(String name) {
        Recording recording = Recording.named(name);
        var golden = new HashMap<Picture, String>();
        for (int layer = 0; layer < recording.layers(); layer++) {
            for (int spatial = 0; spatial < ReplayedCall.SPATIAL_LAYERS; spatial++) {
                Map<Picture, byte[]> whole = ReplayedCall.whole(recording, layer, spatial);
                List<String> hashes = Ffmpeg.decode(recording.codec(), new ArrayList<>(whole.values()));
                assertThat(hashes).hasSameSizeAs(whole.keySet());
                int i = 0;
                for (Picture picture : whole.keySet()) {
                    golden.put(picture, hashes.get(i++));
                }
            }
        }
        return golden;
    }
}
