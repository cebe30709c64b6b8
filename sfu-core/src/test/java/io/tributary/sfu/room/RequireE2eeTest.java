package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.video;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.EncryptionRules.ForRooms;
import io.tributary.sfu.room.RoomMessage.MuteTrack;
import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.TrackUnpublished;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequireE2eeTest {
    @Test
    void aRoomWhoseFirstTrackIsEncryptedStaysEncrypted() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        Guest alice = world.guest("alice");
        Guest bob = world.guest("bob");
        alice.camera();

        world.mark();
        assertThat(bob.announces(plain(video("cam"))).value()).isEqualTo("none");
        assertRefused(bob);
        assertThat(bob.announces(video("cam")).value()).startsWith("TR_");

        // Also when the encrypted track, and its publisher, are gone.
        alice.does(new RoomIntent.Leave(alice.sid, DisconnectReason.CLIENT_INITIATED));
        world.mark();
        bob.announces(plain(audio("mic")));
        assertRefused(bob);
        assertThat(world.registry.unencryptedRefused()).isEqualTo(2);
    }

    @Test
    void aRoomWhoseFirstTrackIsPlainTakesBoth() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        Guest alice = world.guest("alice");
        assertThat(alice.announces(plain(audio("mic"))).value()).startsWith("TR_");
        alice.negotiates("mic", Codec.OPUS, List.of());
        assertThat(alice.announces(video("cam")).value()).startsWith("TR_");
        alice.negotiates("cam", Codec.VP8, List.of());
        assertThat(alice.announces(plain(video("screen"))).value()).startsWith("TR_");
        assertThat(world.registry.unencryptedRefused()).isZero();
    }

    @Test
    void whatWasOnlyAnnouncedIsTakenBackWhenTheFirstTrackIsEncrypted() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        Guest alice = world.guest("alice");
        Guest bob = world.guest("bob");
        TrackSid pending = bob.announces(plain(video("cam")));
        world.mark();
        alice.camera();
        assertRefused(bob);
        assertThat(bob.told(TrackUnpublished.class)).containsExactly(new TrackUnpublished(pending));

        // Its offer was on the way already: the plain camera must not go out as the encrypted screen.
        bob.announces(video("screen"));
        world.mark();
        bob.negotiates("cam", Codec.VP8, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class)).isEmpty();
        bob.negotiates("screen", Codec.VP8, List.of());
        assertThat(world.fresh(RoomEffect.Publish.class)).hasSize(1);
    }

    @Test
    void alwaysRefusesFromTheStart() {
        RoomWorld world = worldThat(RequireE2ee.ALWAYS);
        Guest alice = world.guest("alice");
        world.mark();
        alice.announces(plain(audio("mic")));
        assertRefused(alice);
    }

    @Test
    void neverLetsEverybodyDecideAlone() {
        RoomWorld world = worldThat(RequireE2ee.NEVER);
        Guest alice = world.guest("alice");
        alice.camera();
        assertThat(alice.announces(plain(audio("mic"))).value()).startsWith("TR_");
    }

    @Test
    void aRoomThatIsOrderedEncryptedLaterLosesItsPlainTracks() {
        RoomWorld world = worldThat(RequireE2ee.NEVER);
        Guest alice = world.guest("alice");
        Guest bob = world.guest("bob");
        TrackSid plain = alice.announces(plain(audio("mic")));
        alice.negotiates("mic", Codec.OPUS, List.of());
        TrackSid camera = alice.camera();
        world.mark();
        world.registry.create(world.nowMicros, order("{\"require_e2ee\": \"always\"}"));
        assertThat(alice.told(TrackUnpublished.class)).containsExactly(new TrackUnpublished(plain));
        assertRefused(alice);
        assertThat(bob.unsubscribes()).containsExactly(plain).doesNotContain(camera);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"require_e2ee\": \"never\"}      | true",
                "{\"require_e2ee\": \"ALWAYS\"}     | false",
                "{\"require_e2ee\": \"sometimes\"}  | false",
                "{\"require_e2ee\": 1}              | false",
                "{\"a\": {\"require_e2ee\": \"never\"}} | false",
                "require_e2ee: never                | false",
                "hello                              | false",
            })
    void whoCreatesARoomMaySayOtherwiseInItsMetadata(String metadata, boolean plainAllowed) {
        RoomWorld world = worldThat(RequireE2ee.ALWAYS);
        world.registry.create(world.nowMicros, order(metadata));
        Guest alice = world.guest("alice");
        assertThat(alice.announces(plain(audio("mic"))).value().startsWith("TR_"))
                .isEqualTo(plainAllowed);
    }

    @ParameterizedTest
    @CsvSource({
        "secret-*, secret-1, ALWAYS",
        "secret-*, secret-, ALWAYS",
        "secret-*, my-secret-1, NEVER",
        "*, anything, ALWAYS",
        "a?c, abc, ALWAYS",
        "a?c, ac, NEVER",
        "a*b*c, a-b-b-c, ALWAYS",
        "a*b*c, a-b-c-d, NEVER",
        "'a.c', abc, NEVER",
        "'', anything, NEVER",
    })
    void theFirstPatternThatMatchesTheWholeNameDecides(String glob, String room, RequireE2ee expected) {
        var rules = new EncryptionRules(
                List.of(new ForRooms(glob, RequireE2ee.ALWAYS), new ForRooms(glob, RequireE2ee.AUTO)),
                RequireE2ee.NEVER);
        assertThat(rules.of(new RoomName(room), "")).isEqualTo(expected);
    }

    @Test
    void plaintextUnderAFalseFlagIsReportedAndLeftAloneUnlessAlways() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        Guest alice = world.guest("alice");
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.PlaintextSeen(alice.sid, camera));
        assertThat(world.fresh()).isEmpty();
        assertThat(world.registry.plaintextTracks()).isEqualTo(1);
    }

    @Test
    void plaintextUnderAFalseFlagIsMutedForGoodWhereEncryptionIsAlwaysRequired() {
        RoomWorld world = worldThat(RequireE2ee.ALWAYS);
        Guest alice = world.guest("alice");
        Guest bob = world.guest("bob");
        TrackSid camera = alice.camera();
        world.mark();
        alice.does(new RoomIntent.PlaintextSeen(alice.sid, camera));
        assertSilenced(world, alice, camera);
        assertThat(world.fresh(RoomEffect.SetMuted.class)).containsExactly(new RoomEffect.SetMuted(camera, true));
        assertThat(bob.latestOf(alice).orElseThrow().tracks())
                .singleElement()
                .satisfies(track -> assertThat(track.muted()).isTrue());

        world.mark();
        alice.does(new RoomIntent.Mute(alice.sid, camera, false));
        assertSilenced(world, alice, camera);
        assertThat(world.fresh(RoomEffect.SetMuted.class)).isEmpty();
        alice.does(new RoomIntent.MuteRemotely(alice.identity, camera, false));
        assertThat(world.fresh(RoomEffect.SetMuted.class)).isEmpty();
    }

    @Test
    void aTrackThatWasSeenInPlainIsMutedWhenTheRoomIsOrderedEncryptedLater() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        Guest alice = world.guest("alice");
        TrackSid camera = alice.camera();
        alice.does(new RoomIntent.PlaintextSeen(alice.sid, camera));
        world.mark();
        world.registry.create(world.nowMicros, order("{\"require_e2ee\": \"always\"}"));
        assertSilenced(world, alice, camera);
        assertThat(world.registry.plaintextTracks()).as("counted once").isEqualTo(1);

        world.mark();
        world.registry.create(world.nowMicros, order("{\"require_e2ee\": \"always\", \"more\": 1}"));
        assertThat(alice.told(MuteTrack.class)).isEmpty();
    }

    /// A refused announcement costs as little where the room's metadata is large.
    @Test
    void metadataIsReadWhenItChangesAndNotForEachTrack() {
        RoomWorld world = worldThat(RequireE2ee.AUTO);
        String large = "{\"require_e2ee\": \"always\", \"a\": \"" + "x".repeat(500_000) + "\"}";
        world.registry.create(world.nowMicros, order(large));
        Guest alice = world.guest("alice");
        long before = allocatedBytes();
        for (int i = 0; i < 20; i++) {
            alice.announces(plain(audio("mic" + i)));
        }
        assertThat(allocatedBytes() - before).isLessThan(20 * 500_000L);
    }

    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static void assertSilenced(RoomWorld world, Guest guest, TrackSid track) {
        assertThat(guest.told(MuteTrack.class)).containsExactly(new MuteTrack(track, true));
        assertThat(guest.told(RequestAnswered.class)).singleElement().satisfies(answer -> {
            assertThat(answer.outcome()).isEqualTo(RequestOutcome.NOT_ALLOWED);
            assertThat(answer.message()).contains("unencrypted media");
        });
        assertThat(world.registry.failures()).isZero();
    }

    private static void assertRefused(Guest guest) {
        assertThat(guest.told(RequestAnswered.class)).singleElement().satisfies(answer -> {
            assertThat(answer.outcome()).isEqualTo(RequestOutcome.NOT_ALLOWED);
            assertThat(answer.message()).isEqualTo("this room requires end-to-end encryption");
        });
    }

    private static RoomWorld worldThat(RequireE2ee rule) {
        return new RoomWorld(new RoomSettings(
                true, 300, 20, 0, 0, 1_800, new EncryptionRules(List.of(), rule), List.of(Codec.values())));
    }

    private static RoomOrder order(String metadata) {
        return new RoomOrder(RoomWorld.ROOM, 0, 0, 0, metadata);
    }

    private static TrackRequest plain(TrackRequest request) {
        return new TrackRequest(
                request.cid(),
                request.name(),
                request.type(),
                request.width(),
                request.height(),
                request.muted(),
                request.disableDtx(),
                request.source(),
                request.layers(),
                request.simulcastCodecs(),
                request.sid(),
                request.stereo(),
                request.disableRed(),
                Encryption.NONE,
                request.stream(),
                request.backupCodecPolicy(),
                request.audioFeatures(),
                request.packetTrailerFeatures());
    }
}
