package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One subscription in a random call, and what must hold of all that ever arrives for it.
final class SwarmViewer {
    /// Both links with their jitter, and a hop between loops.
    private static final long UNDER_WAY_MICROS = 100_000;

    private final Viewer viewer;
    private final @Nullable Camera camera;
    private LayerDemand demand;
    private long demandedMicros;
    private boolean ended;
    private boolean reachedDemand;
    private boolean restarted;
    private int looked;

    /// @param camera what it shows, null for sound
    SwarmViewer(Viewer viewer, @Nullable Camera camera, LayerDemand demand) {
        this.viewer = viewer;
        this.camera = camera;
        this.demand = demand;
        demandedMicros = viewer.person.call.world.nowMicros();
    }

    Call.Person person() {
        return viewer.person;
    }

    boolean of(TrackSid track) {
        return viewer.track.equals(track);
    }

    void demand(LayerDemand newDemand) {
        if (!ended && camera != null) {
            check();
            viewer.demand(newDemand);
            demand = newDemand;
            demandedMicros = viewer.person.call.world.nowMicros();
            reachedDemand = false;
            restarted = false;
        }
    }

    /// Layers may come back one after another: until then the best that there is is shown.
    void onRestart() {
        restarted = true;
    }

    void losePicture() {
        if (!ended && camera != null && !viewer.arrivals.isEmpty()) {
            viewer.pli();
        }
    }

    void unsubscribe() {
        if (!ended) {
            viewer.unsubscribe();
            end();
        }
    }

    /// The subscription is over; what came is still looked at.
    void end() {
        ended = true;
    }

    boolean isLive(long withinMicros) {
        return ended
                || (!viewer.arrivals.isEmpty()
                        && viewer.last().atMicros() > viewer.person.call.world.nowMicros() - withinMicros);
    }

    /// All that has arrived so far.
    void check() {
        if (camera == null) {
            checkSound();
        } else {
            checkWhatIsSent(camera);
            checkPicture(camera);
        }
    }

    private void checkSound() {
        Viewer.@Nullable Arrival before = null;
        for (Viewer.Arrival next : viewer.bySeq.values()) {
            if (before != null) {
                assertThat(next.payload().getLong(0))
                        .as("sound in the order it was spoken, at %s", next)
                        .isGreaterThan(before.payload().getLong(0));
                assertThat(next.timestampTicks() - before.timestampTicks()).isPositive();
            }
            before = next;
        }
    }

    /// What came since the last look: nothing that is not wanted.
    private void checkWhatIsSent(Camera shown) {
        for (; looked < viewer.arrivals.size(); looked++) {
            Viewer.Arrival arrival = viewer.arrivals.get(looked);
            if (arrival.repaired() || !arrival.carriesFrame()) {
                continue;
            }
            boolean settled = arrival.atMicros() > demandedMicros + UNDER_WAY_MICROS;
            assertThat(settled && demand.paused())
                    .as("sent to who wants nothing")
                    .isFalse();
            int layer = Viewer.layer(shown, arrival);
            if (settled && !restarted && arrival.extendedSeq() == viewer.bySeq.lastKey()) {
                assertThat(reachedDemand && layer > demand.layer())
                        .as("of a layer that was left")
                        .isFalse();
                reachedDemand |= layer <= demand.layer();
            }
        }
    }

    private void checkPicture(Camera shown) {
        Set<Long> bodies = new HashSet<>();
        Viewer.@Nullable Arrival before = null;
        int marked = Integer.MIN_VALUE;
        for (Viewer.Arrival next : viewer.bySeq.values()) {
            if (!next.carriesFrame()) {
                before = null;
                continue;
            }
            Camera.Capture capture = shown.capture(next.body());
            assertThat(next.payload().limit()).as("bytes of %s", next).isEqualTo(15 + 100 * capture.layer());
            assertThat(bodies.add(next.body())).as("once only: %s", next).isTrue();
            if (before != null) {
                checkPair(shown, before, next);
            }
            if (next.marker()) {
                assertThat(next.timestampTicks())
                        .as("one marker in a frame: %s", next)
                        .isNotEqualTo(marked);
                marked = next.timestampTicks();
            }
            before = next;
        }
    }

    private static void checkPair(Camera shown, Viewer.Arrival before, Viewer.Arrival next) {
        int step = next.timestampTicks() - before.timestampTicks();
        assertThat(step).as("timestamps rise: %s after %s", next, before).isNotNegative();
        int pictures = (next.picture() - before.picture()) & 0x7FFF;
        assertThat(pictures).as("pictures rise: %s after %s", next, before).isLessThan(0x4000);
        if (next.extendedSeq() == before.extendedSeq() + 1) {
            assertThat(step > 0)
                    .as("a marker ends a frame: %s after %s", next, before)
                    .isEqualTo(before.marker());
            assertThat(pictures)
                    .as("pictures without gap: %s after %s", next, before)
                    .isEqualTo(before.marker() ? 1 : 0);
            if (Viewer.layer(shown, before) != Viewer.layer(shown, next)) {
                assertThat(next.startsKeyframe())
                        .as("another layer begins with a key frame")
                        .isTrue();
            }
        }
    }
}
