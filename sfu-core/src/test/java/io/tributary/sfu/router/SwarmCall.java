package io.tributary.sfu.router;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.router.SwarmPlan.Step;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.sim.SimLink;
import io.tributary.transport.sim.SimPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A call that goes as a [SwarmPlan] says, and what must hold whatever it says.
final class SwarmCall {
    private static final int MOST_PEOPLE = 5;
    private static final int MOST_CAMERAS = 2;
    private static final int MOST_SCALABLE_CAMERAS = 1;
    private static final int MOST_MICROPHONES = 2;

    /// Three layers' histories of each camera, a microphone's, and what is on its way.
    private static final long MOST_BUFFERS = 10_000;

    /// Until all is well again when nothing goes wrong any more: the bound on new SSRCs, a key frame, a round trip.
    private static final long RECOVERY_MILLIS = 2_500;

    private static final long LIVE_MICROS = 300_000;

    private static final long CALM_MILLIS = 150;

    /// Half of what is sent in the time between two NACKs, and in that for a second answer; the third comes through.
    private static final double BURST_LOSS = 0.5;

    private static final long BURST_MILLIS = 60;
    private static final long REPAIR_MILLIS = 300;

    private final Call call;
    private final List<Call.Person> people = new ArrayList<>();
    private final List<Track> tracks = new ArrayList<>();
    private final List<SwarmViewer> viewers = new ArrayList<>();
    private long lastMicros;
    private int arrived;
    private int names;

    /// What somebody publishes: the one or the other.
    private static final class Track {
        final Call.Person publisher;
        final TrackSid sid;
        final @Nullable Film film;
        final @Nullable Microphone microphone;

        Track(Call.Person publisher, String sid, @Nullable Film film, @Nullable Microphone microphone) {
            this.publisher = publisher;
            this.sid = new TrackSid(sid);
            this.film = film;
            this.microphone = microphone;
        }
    }

    SwarmCall(long seed) {
        call = new Call(seed, 1 + (int) (seed & 1));
        call.world.always(this::everythingIsWithinLimits);
        for (int i = 0; i < 3; i++) {
            join();
        }
        call.runForMillis(300);
    }

    void run(SwarmPlan plan) {
        for (Step step : plan.steps()) {
            take(step);
            call.runForMillis(step.thenMillis());
            viewers.forEach(SwarmViewer::checkWhatIsNew);
        }
        recover();
        viewers.forEach(SwarmViewer::checkWhatIsNew);
        assertThat(viewers.stream().filter(viewer -> !viewer.isLive(LIVE_MICROS)))
                .as("whoever is subscribed receives again")
                .isEmpty();
        losesNothing();
        for (Call.Person person : people) {
            assertThat(person.events).noneMatch(RouterEvent.Failed.class::isInstance);
        }
        assertThat(call.outstandingAfterTheEnd()).as("buffers out at the end").isZero();
    }

    private void take(Step step) {
        Call.Person who = people.get(step.who() % people.size());
        switch (step.act()) {
            case JOIN -> {
                if (people.size() < MOST_PEOPLE) {
                    join();
                    call.runForMillis(200);
                }
            }
            case LEAVE -> {
                if (people.size() > 2) {
                    leave(who);
                }
            }
            case PUBLISH_CAMERA -> {
                if (who.client.connected() && count(Camera.class) < MOST_CAMERAS) {
                    String sid = "TR_camera" + ++names;
                    tracks.add(new Track(who, sid, who.camera(sid), null));
                }
            }
            case PUBLISH_SCALABLE_CAMERA -> {
                if (who.client.connected() && count(ScalableCamera.class) < MOST_SCALABLE_CAMERAS) {
                    String sid = "TR_scalable" + ++names;
                    tracks.add(new Track(who, sid, who.scalableCamera(sid), null));
                }
            }
            case PUBLISH_MICROPHONE -> {
                if (who.client.connected()
                        && tracks.stream().filter(t -> t.microphone != null).count() < MOST_MICROPHONES) {
                    String sid = "TR_microphone" + ++names;
                    tracks.add(new Track(who, sid, null, who.microphone(sid)));
                }
            }
            case UNPUBLISH -> {
                if (!tracks.isEmpty()) {
                    end(tracks.get(step.what() % tracks.size()));
                }
            }
            case SUBSCRIBE -> subscribe(who, step.what());
            case UNSUBSCRIBE -> {
                if (!viewers.isEmpty()) {
                    SwarmViewer viewer = viewers.get(step.what() % viewers.size());
                    viewer.unsubscribe();
                }
            }
            case DEMAND -> demand(step, new LayerDemand(step.who() % 3));
            case HALVE_FRAMES -> demand(step, new LayerDemand(step.who() % 3).atMost(15));
            case PAUSE -> demand(step, LayerDemand.NONE);
            case MUTE -> mute(step, true);
            case UNMUTE -> mute(step, false);
            case LOSE_UP -> who.uplink().loss(step.what() / 500.0);
            case LOSE_DOWN -> who.downlink().loss(step.what() / 500.0);
            case REORDER -> {
                worsen(who.uplink());
                worsen(who.downlink());
            }
            case MEND -> mend(who);
            case RESTART -> {
                for (Track track : tracks) {
                    if (track.film instanceof Camera camera && track.publisher == who) {
                        camera.restart(500_000 + 100 * ++names);
                        viewers.forEach(SwarmViewer::onRestart);
                    }
                }
            }
            case MOVE -> who.client.moveTo(SimPeer.address("198.51.100.240", 50_000 + ++names), true);
            case LOSE_PICTURE -> {
                if (!viewers.isEmpty()) {
                    viewers.get(step.what() % viewers.size()).losePicture();
                }
            }
        }
    }

    private void join() {
        people.add(call.arrive("person-" + ++names));
    }

    private void leave(Call.Person who) {
        List.copyOf(tracks).stream().filter(track -> track.publisher == who).forEach(this::end);
        viewers.stream().filter(viewer -> viewer.person() == who).forEach(SwarmViewer::end);
        who.stop();
        who.client.vanish();
        call.plane.close(who.id);
        people.remove(who);
    }

    private void end(Track track) {
        tracks.remove(track);
        viewers.stream().filter(viewer -> viewer.of(track.sid)).forEach(SwarmViewer::end);
        if (track.film != null) {
            track.film.stop();
        }
        if (track.microphone != null) {
            track.microphone.running = false;
        }
        call.plane.unpublish(track.publisher.id, track.sid);
    }

    private void subscribe(Call.Person who, int what) {
        List<Track> others =
                tracks.stream().filter(track -> track.publisher != who).toList();
        if (!others.isEmpty()) {
            Track track = others.get(what % others.size());
            viewers.stream()
                    .filter(viewer -> viewer.person() == who && viewer.of(track.sid))
                    .forEach(SwarmViewer::end);
            viewers.add(viewer(who, track, new LayerDemand(what % 3)));
        }
    }

    private static SwarmViewer viewer(Call.Person who, Track track, LayerDemand demand) {
        String sid = track.sid.value();
        return switch (track.film) {
            case Camera camera -> new SwarmViewer(who.view(sid, demand).asksAgain(), camera, demand);
            case ScalableCamera camera ->
                new SwarmViewer(who.view(sid, Call.SCALABLE, demand).asksAgain(), camera, demand);
            case null -> new SwarmViewer(who.listen(sid), Objects.requireNonNull(track.microphone));
        };
    }

    private long count(Class<? extends Film> kind) {
        return tracks.stream().filter(track -> kind.isInstance(track.film)).count();
    }

    private void demand(Step step, LayerDemand demand) {
        if (!viewers.isEmpty()) {
            viewers.get(step.what() % viewers.size()).demand(demand);
        }
    }

    private void mute(Step step, boolean muted) {
        if (!tracks.isEmpty()) {
            Track track = tracks.get(step.what() % tracks.size());
            call.plane.setMuted(track.sid, muted);
        }
    }

    private void worsen(SimLink link) {
        link.loss(0.02).duplication(0.02).jitterMillis(20).reorders(true);
    }

    private void mend(Call.Person who) {
        who.uplink().loss(0).duplication(0).jitterMillis(0);
        who.downlink().loss(0).duplication(0).jitterMillis(0);
    }

    private void recover() {
        people.forEach(this::mend);
        tracks.forEach(track -> call.plane.setMuted(track.sid, false));
        viewers.forEach(viewer -> viewer.demand(LayerDemand.HIGHEST));
        call.runForMillis(RECOVERY_MILLIS);
    }

    /// What is promised whatever was before: over clean links all arrives, and what a burst takes is repaired where it
    /// is asked for, if the repairs come through. So bursts are shorter than it takes to give a packet up.
    private void losesNothing() {
        List<SwarmViewer> watching = viewers.stream().filter(SwarmViewer::isOn).toList();
        Map<SwarmViewer, Long> newest = watching.stream().collect(toMap(viewer -> viewer, SwarmViewer::newestSeq));
        call.runForMillis(CALM_MILLIS);
        newest.forEach((viewer, seq) -> viewer.checkNothingIsMissing(seq, false));

        List<SwarmViewer> asking =
                watching.stream().filter(SwarmViewer::asksAgain).toList();
        people.forEach(person -> {
            person.uplink().loss(BURST_LOSS);
            person.downlink().loss(BURST_LOSS);
        });
        call.runForMillis(BURST_MILLIS);
        people.forEach(this::mend);
        call.runForMillis(REPAIR_MILLIS);
        asking.forEach(viewer -> viewer.checkNothingIsMissing(newest(newest, viewer), false));

        people.forEach(person -> person.downlink().loss(BURST_LOSS));
        asking.forEach(viewer -> viewer.demand(LayerDemand.LOWEST));
        call.runForMillis(BURST_MILLIS);
        people.forEach(this::mend);
        call.runForMillis(REPAIR_MILLIS);
        asking.forEach(viewer -> viewer.checkNothingIsMissing(newest(newest, viewer), true));
        viewers.forEach(SwarmViewer::checkWhatIsNew);
        viewers.forEach(SwarmViewer::checkOrder);
    }

    private static long newest(Map<SwarmViewer, Long> newest, SwarmViewer viewer) {
        return Objects.requireNonNull(newest.get(viewer));
    }

    /// After each turn: nothing grows without bound, and time goes on.
    private void everythingIsWithinLimits() {
        assertThat(call.world.nowMicros()).isGreaterThanOrEqualTo(lastMicros);
        lastMicros = call.world.nowMicros();
        if (++arrived % 100 == 0) {
            assertThat(call.pools.stream().mapToLong(PacketPool::outstanding).sum())
                    .as("buffers in use")
                    .isLessThan(MOST_BUFFERS);
        }
    }
}
