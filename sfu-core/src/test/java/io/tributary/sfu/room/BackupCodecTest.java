package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.request;
import static io.tributary.sfu.room.RoomWorld.video;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.TrackPublished;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.room.TrackRequest.SimulcastCodec;
import io.tributary.sfu.room.TrackView.CodecView;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A second codec for a track that is there: answered, and not forwarded.
class BackupCodecTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void isAnsweredWithTheTrackThatIsThere() {
        TrackSid camera = vp9();
        world.mark();
        backsUp(alice, camera, "vp8", "backup");
        assertThat(alice.told(TrackPublished.class)).singleElement().satisfies(again -> {
            assertThat(again.cid()).isEqualTo("backup");
            assertThat(again.track().sid()).isEqualTo(camera);
            assertThat(again.track().mimeType()).isEqualTo("video/vp9");
            assertThat(again.track().codecs())
                    .extracting(CodecView::mimeType)
                    .containsExactly("video/vp9", "video/vp8");
            assertThat(again.track().codecs()).extracting(CodecView::cid).containsExactly("cam", "backup");
        });
        assertThat(bob.told(RoomMessage.class)).isEmpty();
        // Once more, from a client that heard no answer.
        backsUp(alice, camera, "vp8", "backup");
        assertThat(alice.told(TrackPublished.class)).hasSize(2);
    }

    @Test
    void takesNoMediaAndNoMLineOfATrackThatWaitsForIts() {
        TrackSid camera = vp9();
        backsUp(alice, camera, "vp8", "backup");
        TrackSid screen = alice.announces(video("screen"));
        world.mark();
        alice.negotiates("backup", Codec.VP8, List.of());
        assertThat(world.fresh()).isEmpty();
        alice.negotiates("screen", Codec.VP8, List.of());
        assertThat(published()).containsExactly(screen);
    }

    /// Its m-line may still be there when the track has gone, or when the request was refused.
    @Test
    void isNeverTakenForAnotherTrack() {
        String mid = negotiatesVp9();
        backsUp(alice, latest(), "vp8", "backup");
        backsUp(alice, new TrackSid("TR_VCother"), "vp8", "refused");
        alice.does(new RoomIntent.TrackEnded(alice.sid, mid));
        alice.announces(video("screen"));
        world.mark();
        alice.negotiates("backup", Codec.VP8, List.of());
        alice.negotiates("refused", Codec.VP8, List.of());
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void mayBeATrackOfItsOwnAfterwards() {
        String mid = negotiatesVp9();
        backsUp(alice, latest(), "vp8", "backup");
        alice.does(new RoomIntent.TrackEnded(alice.sid, mid));
        TrackSid again = alice.announces(video("backup"));
        world.mark();
        alice.negotiates("backup", Codec.VP8, List.of());
        assertThat(published()).containsExactly(again);
    }

    @Test
    void isRefusedForTracksThatAreNotThereOrNotOnesOwn() {
        TrackSid camera = vp9();
        TrackSid waiting = alice.announces(video("waiting"));
        world.mark();
        backsUp(bob, camera, "vp8", "backup");
        backsUp(bob, new TrackSid("TR_VCnone"), "vp8", "backup");
        backsUp(alice, waiting, "vp8", "backup");
        backsUp(alice, new TrackSid("x".repeat(65)), "vp8", "backup");
        assertThat(outcomes(bob)).containsExactly(RequestOutcome.NOT_FOUND, RequestOutcome.NOT_FOUND);
        assertThat(outcomes(alice)).containsExactly(RequestOutcome.NOT_FOUND, RequestOutcome.LIMIT_EXCEEDED);
    }

    @Test
    void isRefusedWhenTheTrackWasNotAnnouncedWithIt() {
        TrackSid camera = vp9();
        world.mark();
        backsUp(alice, camera, "h264", "backup");
        backsUp(alice, camera, "vp9", "backup");
        backsUp(alice, camera, "", "backup");
        assertThat(outcomes(alice))
                .containsOnly(RequestOutcome.UNSUPPORTED_TYPE)
                .hasSize(3);
        assertThat(alice.told(TrackPublished.class)).isEmpty();
    }

    @Test
    void isRefusedUnderTheIdOfAnotherTrack() {
        TrackSid camera = vp9();
        alice.announces(video("screen"));
        world.mark();
        backsUp(alice, camera, "vp8", "screen");
        assertThat(outcomes(alice)).containsExactly(RequestOutcome.NOT_ALLOWED);
    }

    /// A client may name the ids of both codecs at once.
    @Test
    void theSecondOfTwoMLinesOfATrackIsNotTakenForAnother() {
        alice.announces(camera(codec("vp9", "cam"), codec("vp8", "second")));
        alice.negotiates("cam", Codec.VP9, List.of());
        alice.announces(video("screen"));
        world.mark();
        alice.negotiates("second", Codec.VP8, List.of());
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void anMLineThatCouldNotBeWhatWasAnnouncedCarriesOneCodecAllTheSame() {
        alice.announces(camera(codec("vp9", "cam"), codec("vp8", "")));
        world.mark();
        alice.negotiates("cam", Codec.VP8, List.of());
        List<CodecView> codecs =
                world.fresh(RoomEffect.Publish.class).getFirst().track().codecs();
        assertThat(codecs).extracting(CodecView::mimeType).containsExactly("video/vp8", "video/vp9");
        assertThat(codecs).extracting(CodecView::cid).containsExactly("cam", "");
    }

    private TrackSid vp9() {
        negotiatesVp9();
        return latest();
    }

    private String negotiatesVp9() {
        world.mark();
        alice.announces(camera(codec("vp9", "cam"), codec("vp8", "")));
        return alice.negotiates("cam", Codec.VP9, List.of());
    }

    private TrackSid latest() {
        return published().getLast();
    }

    private List<TrackSid> published() {
        return world.fresh(RoomEffect.Publish.class).stream()
                .map(publish -> publish.track().sid())
                .toList();
    }

    private static void backsUp(Guest guest, TrackSid track, String codec, String cid) {
        TrackRequest request = camera(codec(codec, cid));
        guest.does(new RoomIntent.AddTrack(
                guest.sid,
                new TrackRequest(
                        cid,
                        "",
                        request.type(),
                        0,
                        0,
                        false,
                        false,
                        request.source(),
                        request.layers(),
                        request.simulcastCodecs(),
                        track.value(),
                        false,
                        false,
                        request.encryption(),
                        "",
                        BackupCodecPolicy.PREFER_REGRESSION,
                        List.of(),
                        List.of())));
    }

    private static List<RequestOutcome> outcomes(Guest guest) {
        return guest.told(RequestAnswered.class).stream()
                .map(RequestAnswered::outcome)
                .toList();
    }

    private static TrackRequest camera(SimulcastCodec... codecs) {
        return request(codecs[0].cid(), TrackType.VIDEO, MediaSource.CAMERA, List.of(), List.of(codecs));
    }

    private static SimulcastCodec codec(String name, String cid) {
        return new SimulcastCodec(name, cid, List.of(), VideoLayerMode.UNUSED);
    }
}
