package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.audio;
import static io.tributary.sfu.room.RoomWorld.video;
import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.token.DoorClaim;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever people do in whatever order, some things hold of everything a room says. A failure names its seed;
/// `-Dtest.seed=…` runs it again.
class RandomPlanTest {
    private static final int STEPS = 600;

    static List<Long> seeds() {
        Long only = Long.getLong("test.seed");
        return only != null
                ? List.of(only)
                : new Random(20_261_121).longs(40).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void holdsItsPromises(long seed) {
        Random random = new Random(seed);
        RoomWorld world = new RoomWorld(new RoomSettings(true, 300, 20, 0, 0, 1_800));
        Plan plan = new Plan(world, random);
        Promises promises = new Promises(world, plan);
        for (int step = 0; step < STEPS; step++) {
            plan.step();
            promises.check("seed " + seed + ", step " + step);
        }
        for (Known guest : plan.everSeen.values()) {
            world.apply(new RoomIntent.Leave(guest.guest.sid, DisconnectReason.CLIENT_INITIATED));
        }
        world.advance(60_000);
        plan.joinRestricted();
        promises.check("seed " + seed + ", end");
        assertThat(plan.restrictedRefused).as("met no room, seed %d", seed).isPositive();
        assertThat(plan.restrictedAdmitted).as("met one, seed %d", seed).isPositive();
        assertThat(promises.subscribed).as("subscriptions left, seed %d", seed).isEmpty();
        assertThat(world.registry.size()).isZero();
        assertThat(world.registry.failures()).isZero();
        assertThat(world.registry.nextDeadlineMicros()).isEqualTo(Long.MAX_VALUE);
    }

    private static final class Known {
        final RoomWorld.Guest guest;
        final boolean hidden;
        final boolean mayPublish;
        final List<TrackSid> tracks = new ArrayList<>();
        final List<String> mids = new ArrayList<>();
        int nextCid;

        Known(RoomWorld.Guest guest, boolean hidden, boolean mayPublish) {
            this.guest = guest;
            this.hidden = hidden;
            this.mayPublish = mayPublish;
        }
    }

    /// What people do: anything, also what they may not.
    private static final class Plan {
        final RoomWorld world;
        final Random random;
        final Map<ParticipantSid, Known> everSeen = new HashMap<>();
        final List<Known> present = new ArrayList<>();
        int restrictedRefused;
        int restrictedAdmitted;

        /// Whether the last step was somebody's coming who makes no room.
        boolean restrictedCame;

        Plan(RoomWorld world, Random random) {
            this.world = world;
            this.random = random;
        }

        void step() {
            restrictedCame = false;
            if (present.isEmpty()) {
                waitForSomebody();
                return;
            }
            if (random.nextInt(12) == 0) {
                join();
                return;
            }
            Known who = present.get(random.nextInt(present.size()));
            Known other = present.get(random.nextInt(present.size()));
            RoomWorld.Guest guest = who.guest;
            switch (random.nextInt(20)) {
                case 0 -> guest.does(new RoomIntent.JoinWritten(guest.sid));
                case 1 -> guest.does(new RoomIntent.Connected(guest.sid));
                case 2, 3 -> publish(who);
                case 4 -> {
                    if (!who.mids.isEmpty()) {
                        guest.does(new RoomIntent.TrackEnded(guest.sid, pick(who.mids)));
                    }
                }
                case 5 -> track(who, sid -> new RoomIntent.Mute(guest.sid, sid, random.nextBoolean()));
                case 6 ->
                    track(
                            other,
                            sid -> new RoomIntent.UpdateSubscription(guest.sid, List.of(sid), random.nextBoolean()));
                case 7, 8 ->
                    track(other, sid -> new RoomIntent.UpdateTrackSettings(guest.sid, List.of(sid), settings()));
                case 9 ->
                    guest.does(new RoomIntent.SetSubscriptionPermission(
                            guest.sid,
                            random.nextBoolean(),
                            List.of(new TrackPermission(
                                    other.guest.sid, new ParticipantIdentity(""), true, Set.of()))));
                case 10 ->
                    guest.does(new RoomIntent.UpdateMetadata(guest.sid, 1, "n" + random.nextInt(9), "", Map.of()));
                case 11 -> track(other, sid -> new RoomIntent.SubscriptionBound(guest.sid, sid));
                case 12 -> track(who, sid -> new RoomIntent.AudioLevel(sid, random.nextInt(128), 300, 400));
                case 13 -> guest.does(new RoomIntent.Quality(guest.sid, random.nextInt(20), 0, 50));
                case 14 -> world.advance(random.nextInt(4_000));
                case 15 -> {
                    present.remove(who);
                    guest.does(
                            random.nextBoolean()
                                    ? new RoomIntent.Leave(guest.sid, DisconnectReason.CLIENT_INITIATED)
                                    : new RoomIntent.PeerLost(guest.sid, DisconnectReason.CONNECTION_TIMEOUT));
                }
                case 16 -> {
                    if (who.mayPublish) {
                        world.apply(new RoomIntent.SetPermissions(
                                guest.identity,
                                new Permissions(
                                        random.nextBoolean(),
                                        true,
                                        true,
                                        false,
                                        false,
                                        random.nextBoolean() ? Set.of() : Set.of(MediaSource.MICROPHONE),
                                        true,
                                        false,
                                        false)));
                    }
                }
                case 17 ->
                    track(
                            other,
                            sid -> new RoomIntent.SubscriptionRefused(
                                    guest.sid, sid, SubscriptionError.CODEC_UNSUPPORTED));
                case 18 -> joinRestricted();
                case 19 -> {
                    if (random.nextInt(5) == 0) {
                        everybodyLeaves();
                    }
                }
                default -> throw new AssertionError();
            }
        }

        /// Longer or shorter than the room waits, too.
        private void waitForSomebody() {
            switch (random.nextInt(3)) {
                case 0 -> join();
                case 1 -> joinRestricted();
                default -> world.advance(random.nextInt(40_000));
            }
        }

        private void everybodyLeaves() {
            for (Known one : present) {
                one.guest.does(new RoomIntent.Leave(one.guest.sid, DisconnectReason.CLIENT_INITIATED));
            }
            present.clear();
        }

        /// Somebody whom the Matrix door lets watch, with a token that is fresh or was renewed: comes into a room that
        /// is there, and makes none.
        void joinRestricted() {
            restrictedCame = true;
            var wish = wish("restricted-" + random.nextInt(3));
            long nowSeconds = (world.nowMicros + RoomWorld.UNIX_OFFSET_MICROS) / 1_000_000;
            wish.claims = Map.of(DoorClaim.NAME, Map.of("iat", nowSeconds, "used", random.nextBoolean()));
            wish.canPublish = false;
            wish.hidden = true; // as TokenIssuer has it
            wish.roomCreate = random.nextBoolean();
            boolean roomIsThere = world.registry.room(RoomWorld.ROOM).isPresent();
            Optional<RoomWorld.Guest> guest = world.tries(wish);
            assertThat(guest.isPresent()).as("into a room that is there").isEqualTo(roomIsThere);
            assertThat(world.registry.room(RoomWorld.ROOM).isPresent())
                    .as("no room is made")
                    .isEqualTo(roomIsThere);
            restrictedRefused += roomIsThere ? 0 : 1;
            restrictedAdmitted += roomIsThere ? 1 : 0;
            guest.ifPresent(admitted -> enter(new Known(admitted, true, false)));
        }

        private void join() {
            // Few names, so that sessions replace each other.
            int name = random.nextInt(8);
            var wish = wish("guest-" + name);
            boolean hidden = name == 0;
            boolean mayPublish = name > 1;
            wish.hidden = hidden;
            wish.canPublish = mayPublish;
            wish.autoSubscribe = random.nextInt(4) > 0;
            wish.adaptiveStream = random.nextBoolean();
            RoomWorld.Guest guest = world.admitted(wish);
            enter(new Known(guest, hidden, mayPublish));
        }

        private void enter(Known known) {
            RoomWorld.Guest guest = known.guest;
            everSeen.put(guest.sid, known);
            present.add(known);
            if (random.nextInt(5) > 0) {
                guest.does(new RoomIntent.JoinWritten(guest.sid));
                guest.does(new RoomIntent.Connected(guest.sid));
            }
        }

        private void publish(Known who) {
            boolean isVideo = random.nextBoolean();
            String cid = "c" + who.nextCid++ % 6;
            TrackSid sid = who.guest.announces(isVideo ? video(cid) : audio(cid));
            who.tracks.add(sid);
            if (random.nextInt(5) > 0) {
                Codec codec = isVideo ? Codec.VP8 : Codec.OPUS;
                who.mids.add(who.guest.negotiates(cid, codec, isVideo ? List.of("q", "h", "f") : List.of()));
            }
        }

        private TrackSettings settings() {
            return new TrackSettings(
                    random.nextInt(3) == 0,
                    VideoQuality.values()[random.nextInt(3)],
                    random.nextInt(1_500),
                    random.nextInt(900),
                    random.nextInt(-1, 40));
        }

        private void track(Known of, java.util.function.Function<TrackSid, RoomIntent> intent) {
            TrackSid sid = of.tracks.isEmpty() ? new TrackSid("TR_nothing") : pick(of.tracks);
            world.apply(intent.apply(sid));
        }

        private <T> T pick(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }

    /// What holds of everything a room says.
    private static final class Promises {
        final RoomWorld world;
        final Plan plan;
        final Set<String> subscribed = new HashSet<>();
        final Set<ParticipantSid> closed = new HashSet<>();
        final Set<TrackSid> live = new HashSet<>();
        final Map<ParticipantSid, Map<ParticipantSid, Integer>> versions = new HashMap<>();
        final Map<ParticipantSid, Set<TrackSid>> toldTracks = new HashMap<>();
        private int seen;

        Promises(RoomWorld world, Plan plan) {
            this.world = world;
            this.plan = plan;
        }

        void check(String where) {
            while (seen < world.effects.size()) {
                RoomEffect effect = world.effects.get(seen++);
                switch (effect) {
                    case RoomEffect.Tell(ParticipantSid to, RoomMessage message) -> {
                        assertThat(closed).as("told after its end: %s", where).doesNotContain(to);
                        if (message instanceof ParticipantsChanged changed) {
                            changed.participants().forEach(view -> news(to, view, where));
                        }
                    }
                    case RoomEffect.Publish publish -> {
                        assertThat(known(publish.publisher()).mayPublish)
                                .as("published without permission: %s", where)
                                .isTrue();
                        assertThat(live.add(publish.track().sid())).as(where).isTrue();
                    }
                    case RoomEffect.StopTrack stop ->
                        assertThat(live.remove(stop.track())).as(where).isTrue();
                    case RoomEffect.Subscribe subscribe -> {
                        TrackSid track = subscribe.track().sid();
                        assertThat(closed).as(where).doesNotContain(subscribe.subscriber(), subscribe.publisher());
                        assertThat(live).as("track is there: %s", where).contains(track);
                        assertThat(subscribe.subscriber()).as(where).isNotEqualTo(subscribe.publisher());
                        assertThat(toldTracksOf(subscribe.subscriber()))
                                .as("told of the track before: %s", where)
                                .contains(track);
                        assertThat(subscribed.add(subscribe.subscriber() + " " + track))
                                .as("subscribed twice: %s", where)
                                .isTrue();
                    }
                    case RoomEffect.Unsubscribe unsubscribe ->
                        assertThat(subscribed.remove(unsubscribe.subscriber() + " " + unsubscribe.track()))
                                .as("unsubscribed without subscription: %s", where)
                                .isTrue();
                    case RoomEffect.Demand demand ->
                        assertThat(subscribed)
                                .as("demand without subscription: %s", where)
                                .contains(demand.subscriber() + " " + demand.track());
                    case RoomEffect.CloseParticipant close -> {
                        assertThat(closed.add(close.participant())).as(where).isTrue();
                        subscribed.removeIf(entry -> entry.startsWith(close.participant() + " "));
                    }
                    case RoomEffect.Emit(RoomEvent event) -> {
                        assertThat(event instanceof RoomEvent.RoomStarted && plan.restrictedCame)
                                .as("a restricted user made a room: %s", where)
                                .isFalse();
                        if (event instanceof RoomEvent.TrackUnpublished gone) {
                            // A closed publisher's tracks end with its connection.
                            if (closed.contains(gone.participant().sid())) {
                                live.remove(gone.track().sid());
                            }
                        }
                    }
                    case RoomEffect.SetMuted _ -> {}
                }
            }
        }

        private void news(ParticipantSid to, ParticipantView view, String where) {
            Known about = known(view.sid());
            Known receiver = known(to);
            boolean self = to.equals(view.sid());
            assertThat(about.hidden && !self)
                    .as("heard of the hidden: %s", where)
                    .isFalse();
            assertThat(!self && about.guest.identity.equals(receiver.guest.identity))
                    .as("heard of its own other session: %s", where)
                    .isFalse();
            Integer before =
                    versions.computeIfAbsent(to, sid -> new HashMap<>()).put(view.sid(), view.version());
            assertThat(before == null || before < view.version())
                    .as("version of %s grows: %s", view.sid(), where)
                    .isTrue();
            view.tracks().forEach(track -> toldTracksOf(to).add(track.sid()));
        }

        private Set<TrackSid> toldTracksOf(ParticipantSid sid) {
            return toldTracks.computeIfAbsent(sid, _ -> {
                Set<TrackSid> known = new HashSet<>();
                known(sid)
                        .guest
                        .view
                        .others()
                        .forEach(other -> other.tracks().forEach(track -> known.add(track.sid())));
                return known;
            });
        }

        private Known known(ParticipantSid sid) {
            Known known = plan.everSeen.get(sid);
            if (known == null) {
                throw new AssertionError("nobody is " + sid);
            }
            return known;
        }
    }
}
