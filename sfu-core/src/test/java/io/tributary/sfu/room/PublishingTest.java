package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.muted;
import static io.tributary.sfu.room.RoomWorld.request;
import static io.tributary.sfu.room.RoomWorld.video;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.TrackPublished;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.FrameProtection;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.rtp.Codec;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublishingTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void answersTheWishAtOnceWithWhatTheTrackWillBe() {
        world.mark();
        alice.does(new RoomIntent.AddTrack(alice.sid, video("cam")));
        alice.does(new RoomIntent.AddTrack(alice.sid, audio("mic")));
        var published = alice.told(TrackPublished.class);
        TrackView camera = published.getFirst().track();
        assertThat(published.getFirst().cid()).isEqualTo("cam");
        assertThat(camera.sid().value()).startsWith("TR_VC").hasSize(17);
        assertThat(camera.simulcast()).isTrue();
        assertThat(camera.stream()).isEqualTo("camera");
        assertThat(camera.layers())
                .extracting(VideoLayer::quality)
                .containsExactly(VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH);
        assertThat(camera.mimeType()).isEmpty();
        assertThat(camera.codecs()).singleElement().satisfies(codec -> {
            assertThat(codec.mimeType()).isEqualTo("video/vp8");
            assertThat(codec.cid()).isEqualTo("cam");
            assertThat(codec.layers()).hasSize(3);
            assertThat(codec.layerMode()).isEqualTo(VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM);
        });
        TrackView microphone = published.getLast().track();
        assertThat(microphone.sid().value()).startsWith("TR_AM");
        assertThat(microphone.encryption()).isEqualTo(Encryption.GCM);
        assertThat(microphone.backupCodecPolicy()).isEqualTo(BackupCodecPolicy.SIMULCAST);
        assertThat(bob.told(RoomMessage.class)).isEmpty();
    }

    @Test
    void tellsEverybodyBeforeAnybodyReceives() {
        world.mark();
        TrackSid camera = alice.camera();
        List<RoomEffect> fresh = world.fresh();
        int told = indexOf(
                fresh,
                effect -> effect instanceof RoomEffect.Tell(ParticipantSid to, RoomMessage message)
                        && to.equals(bob.sid)
                        && message instanceof RoomMessage.ParticipantsChanged);
        int publish = indexOf(fresh, RoomEffect.Publish.class::isInstance);
        int subscribe = indexOf(fresh, RoomEffect.Subscribe.class::isInstance);
        assertThat(told).isNotNegative().isLessThan(subscribe);
        assertThat(publish).isNotNegative().isLessThan(subscribe);
        assertThat(bob.latestOf(alice)).hasValueSatisfying(view -> {
            assertThat(view.publisher()).isTrue();
            assertThat(view.tracks()).singleElement().satisfies(track -> {
                assertThat(track.sid()).isEqualTo(camera);
                assertThat(track.mimeType()).isEqualTo("video/vp8");
                assertThat(track.mid()).isEqualTo("7");
                assertThat(track.unixMicros()).isGreaterThan(RoomWorld.UNIX_OFFSET_MICROS);
                assertThat(track.layers()).extracting(VideoLayer::rid).containsExactly("q", "h", "f");
                assertThat(track.layers()).extracting(VideoLayer::spatialLayer).containsExactly(0, 1, 2);
            });
        });
        assertThat(alice.latestOf(alice)).isPresent();
    }

    @Test
    void sortsRidsByNameWhateverTheirOrder() {
        world.mark();
        TrackSid camera = alice.camera();
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(RoomEffect.Publish::spec)
                .containsExactly(new TrackSpec(camera, Codec.VP8, List.of("q", "h", "f"), FrameProtection.LIVEKIT));
        alice.announces(video("second"));
        world.mark();
        alice.negotiates("second", Codec.VP8, List.of("0", "1", "2"));
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(publish -> publish.spec().ridsLowToHigh())
                .containsExactly(List.of("2", "1", "0"));
    }

    /// What a plain AV1 track that claims encryption is recognised by too.
    @ParameterizedTest
    @EnumSource(names = "OPUS", mode = EnumSource.Mode.EXCLUDE)
    void framesAreTakenForWhatWasAnnouncedWhateverTheirCodec(Codec codec) {
        alice.announces(video("camera"));
        world.mark();
        alice.negotiates("camera", codec, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(publish -> publish.spec().protection())
                .containsExactly(FrameProtection.LIVEKIT);
    }

    @Test
    void takesTheFirstPendingTrackOfTheKindForAnUnknownId() {
        TrackSid microphone = alice.announces(audio("mic"));
        TrackSid first = alice.announces(video("first"));
        alice.announces(video("second"));
        world.mark();
        alice.negotiates("made-up", Codec.VP8, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(publish -> publish.track().sid())
                .containsExactly(first);
        assertThat(world.fresh(RoomEffect.Publish.class).getFirst().track().codecs())
                .extracting(TrackView.CodecView::sdpCid)
                .containsExactly("made-up");
        world.mark();
        alice.negotiates("mic", Codec.OPUS, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class))
                .extracting(publish -> publish.track().sid())
                .containsExactly(microphone);
    }

    @Test
    void ignoresMediaThatNobodyAnnounced() {
        world.mark();
        alice.negotiates("anything", Codec.VP8, List.of());
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void aSecondOfferOfTheSameTrackChangesNothing() {
        alice.announces(audio("mic"));
        String mid = alice.negotiates("mic", Codec.OPUS, List.of());
        world.mark();
        alice.does(new RoomIntent.TrackNegotiated(alice.sid, "mic", mid, Codec.OPUS, List.of()));
        assertThat(world.fresh()).isEmpty();
    }

    @Test
    void anotherTrackOnTheSameLineEndsTheFormerOne() {
        TrackSid former = alice.announces(video("first"));
        String mid = alice.negotiates("first", Codec.VP8, List.of());
        TrackSid latter = alice.announces(video("second"));
        world.mark();
        alice.does(new RoomIntent.TrackNegotiated(alice.sid, "second", mid, Codec.VP8, List.of()));
        assertThat(bob.unsubscribes()).containsExactly(former);
        assertThat(bob.subscribes()).containsExactly(latter);
        assertThat(bob.latestOf(alice).orElseThrow().tracks())
                .extracting(TrackView::sid)
                .containsExactly(latter);
    }

    @Test
    void unpublishingTellsOthersBeforeItsMediaGoes() {
        alice.announces(video("cam"));
        String mid = alice.negotiates("cam", Codec.VP8, List.of());
        world.mark();
        alice.does(new RoomIntent.TrackEnded(alice.sid, mid));
        assertThat(bob.latestOf(alice).orElseThrow().tracks()).isEmpty();
        List<RoomEffect> fresh = world.fresh();
        assertThat(indexOf(fresh, RoomEffect.Tell.class::isInstance))
                .isLessThan(indexOf(fresh, RoomEffect.Unsubscribe.class::isInstance));
        assertThat(world.fresh(RoomEffect.StopTrack.class)).hasSize(1);
        assertThat(world.events().getLast()).isInstanceOf(RoomEvent.TrackUnpublished.class);
        world.mark();
        assertThat(alice.announces(video("cam")).value()).startsWith("TR_");
    }

    @Test
    void aMutedTrackWithoutMediaIsPublishedAllTheSame() {
        alice.announces(muted(video("cam")));
        world.mark();
        alice.negotiates("cam", Codec.VP8, List.of("q", "h", "f"));
        assertThat(bob.latestOf(alice).orElseThrow().tracks())
                .singleElement()
                .satisfies(track -> assertThat(track.muted()).isTrue());
        assertThat(world.fresh(RoomEffect.SetMuted.class)).hasSize(1);
        assertThat(bob.subscribes()).hasSize(1);
    }

    @Test
    void refusesAtOnceWhoMayNotPublish() {
        Guest listener = world.guest(wish("listener").subscribeOnly());
        world.mark();
        listener.does(new RoomIntent.AddTrack(listener.sid, audio("mic")));
        assertThat(listener.told(RequestAnswered.class)).singleElement().satisfies(answer -> {
            assertThat(answer.outcome()).isEqualTo(RequestOutcome.NOT_ALLOWED);
            assertThat(answer.message()).isEqualTo("does not have permission to publish");
            assertThat(answer.request()).isInstanceOf(RoomIntent.AddTrack.class);
        });
        listener.negotiates("mic", Codec.OPUS, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class)).isEmpty();
    }

    @Test
    void refusesSourcesThatWereNotGranted() {
        var wish = wish("speaker");
        wish.sources = Set.of(MediaSource.MICROPHONE);
        Guest speaker = world.guest(wish);
        world.mark();
        speaker.does(new RoomIntent.AddTrack(speaker.sid, video("cam")));
        assertThat(outcomes(speaker)).containsExactly(RequestOutcome.NOT_ALLOWED);
        assertThat(speaker.announces(audio("mic")).value()).startsWith("TR_AM");
    }

    @Test
    void refusesWhatIsNeitherAudioNorVideo() {
        world.mark();
        alice.does(new RoomIntent.AddTrack(
                alice.sid, request("d", TrackType.DATA, MediaSource.UNKNOWN, List.of(), List.of())));
        assertThat(outcomes(alice)).containsExactly(RequestOutcome.UNSUPPORTED_TYPE);
    }

    @Test
    void refusesMorePendingTracksThanTheLimit() {
        for (int i = 0; i < RoomLimits.MOST_PENDING_TRACKS; i++) {
            alice.announces(audio("mic" + i));
        }
        world.mark();
        alice.does(new RoomIntent.AddTrack(alice.sid, audio("one more")));
        assertThat(outcomes(alice)).containsExactly(RequestOutcome.LIMIT_EXCEEDED);
    }

    @Test
    void queuesWishesForAnIdInUseAndGrantsThemInTurn() {
        alice.announces(audio("mic"));
        String mid = alice.negotiates("mic", Codec.OPUS, List.of());
        world.mark();
        for (int i = 0; i < 4; i++) {
            alice.does(new RoomIntent.AddTrack(alice.sid, audio("mic")));
        }
        assertThat(outcomes(alice))
                .containsExactly(
                        RequestOutcome.QUEUED,
                        RequestOutcome.QUEUED,
                        RequestOutcome.QUEUED,
                        RequestOutcome.LIMIT_EXCEEDED);
        assertThat(alice.told(TrackPublished.class)).isEmpty();
        alice.does(new RoomIntent.TrackEnded(alice.sid, mid));
        assertThat(alice.told(TrackPublished.class)).hasSize(1);
    }

    @Test
    void refusesOversizedRequests() {
        world.mark();
        alice.does(new RoomIntent.AddTrack(alice.sid, audio("x".repeat(257))));
        assertThat(outcomes(alice)).containsExactly(RequestOutcome.LIMIT_EXCEEDED);
    }

    /// The second codec is one that the publisher keeps ready: named, and under no id of its own yet.
    @Test
    void namesTheCodecThatWasAskedForAndTheOneBehindIt() {
        world.mark();
        alice.announces(camera(codec("VP9", "cam"), codec("video/vp8", "")));
        List<TrackView.CodecView> codecs =
                alice.told(TrackPublished.class).getFirst().track().codecs();
        assertThat(codecs).extracting(TrackView.CodecView::mimeType).containsExactly("video/vp9", "video/vp8");
        assertThat(codecs).extracting(TrackView.CodecView::cid).containsExactly("cam", "");
        assertThat(codecs)
                .extracting(TrackView.CodecView::layerMode)
                .containsExactly(
                        VideoLayerMode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM, VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM);
    }

    @Test
    void aCodecThatIsNotEnabledBecomesTheNextOneThatIs() {
        var strict = new RoomWorld(new RoomSettings(
                true, 300, 20, 0, 0, 1_800, EncryptionRules.DEFAULTS, List.of(Codec.OPUS, Codec.VP8, Codec.H264)));
        var ann = strict.guest("ann");
        strict.mark();
        ann.announces(camera(codec("av1", "cam"), codec("h264", "")));
        ann.announces(camera(codec("av1", "other")));
        assertThat(ann.told(TrackPublished.class))
                .extracting(told -> told.track().codecs().getFirst().mimeType())
                .containsExactly("video/h264", "video/vp8");
    }

    private static TrackRequest camera(TrackRequest.SimulcastCodec... codecs) {
        return request(codecs[0].cid(), TrackType.VIDEO, MediaSource.CAMERA, List.of(), List.of(codecs));
    }

    private static TrackRequest.SimulcastCodec codec(String name, String cid) {
        return new TrackRequest.SimulcastCodec(name, cid, List.of(), VideoLayerMode.UNUSED);
    }

    @Test
    void screenSharesBelongToAStreamOfTheirOwn() {
        world.mark();
        alice.announces(request("s", TrackType.VIDEO, MediaSource.SCREEN_SHARE, List.of(), List.of()));
        alice.announces(request("sa", TrackType.AUDIO, MediaSource.SCREEN_SHARE_AUDIO, List.of(), List.of()));
        assertThat(alice.told(TrackPublished.class))
                .extracting(published -> published.track().stream())
                .containsOnly("screen");
        assertThat(alice.told(TrackPublished.class))
                .extracting(published -> published.track().sid().value().substring(0, 5))
                .containsExactly("TR_VS", "TR_As");
    }

    @Test
    void layersCarryTheirSsrcWithTheNextNews() {
        TrackSid camera = alice.camera();
        world.mark();
        world.apply(new RoomIntent.LayerStarted(camera, 1, 4711));
        assertThat(bob.told(RoomMessage.class)).isEmpty();
        alice.microphone();
        assertThat(bob.latestOf(alice).orElseThrow().tracks().getFirst().layers())
                .extracting(VideoLayer::ssrc)
                .containsExactly(0, 4711, 0);
    }

    private List<RequestOutcome> outcomes(Guest guest) {
        return guest.told(RequestAnswered.class).stream()
                .map(RequestAnswered::outcome)
                .toList();
    }

    private static int indexOf(List<RoomEffect> effects, java.util.function.Predicate<RoomEffect> wanted) {
        for (int i = 0; i < effects.size(); i++) {
            if (wanted.test(effects.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
