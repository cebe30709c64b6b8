package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One subscription in a random call, and what must hold of all that ever arrives for it.
final class SwarmViewer {
    /// Both links with their jitter, and a hop between loops.
    private static final long UNDER_WAY_MICROS = 100_000;

    private final Viewer viewer;
    private final @Nullable Film film;
    private final @Nullable Microphone microphone;
    private LayerDemand demand;
    private long demandedMicros;
    private boolean ended;
    private boolean reachedDemand;
    private boolean restarted;
    private int looked;
    private long newest = -1;

    /// Who watches `film`.
    SwarmViewer(Viewer viewer, Film film, LayerDemand demand) {
        this(viewer, film, null, demand);
    }

    /// Who listens to `microphone`.
    SwarmViewer(Viewer viewer, Microphone microphone) {
        this(viewer, null, microphone, LayerDemand.HIGHEST);
    }

    private SwarmViewer(Viewer viewer, @Nullable Film film, @Nullable Microphone microphone, LayerDemand demand) {
        this.viewer = viewer;
        this.film = film;
        this.microphone = microphone;
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
        if (!ended && film != null) {
            checkWhatIsNew();
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
        if (!ended && film != null && !viewer.arrivals.isEmpty()) {
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

    boolean isOn() {
        return !ended;
    }

    /// Nobody asks for sound again.
    boolean asksAgain() {
        return film != null;
    }

    boolean isLive(long withinMicros) {
        return ended
                || (!viewer.arrivals.isEmpty()
                        && viewer.last().atMicros() > viewer.person.call.world.nowMicros() - withinMicros);
    }

    /// What came since the last look: nothing that is not wanted, and the publisher's bytes.
    void checkWhatIsNew() {
        for (; looked < viewer.arrivals.size(); looked++) {
            Viewer.Arrival arrival = viewer.arrivals.get(looked);
            boolean ahead = arrival.extendedSeq() > newest;
            newest = Math.max(newest, arrival.extendedSeq());
            if (microphone != null) {
                assertThat(arrival.payload())
                        .as("the bytes that were spoken: %s", arrival)
                        .isEqualTo(microphone.payload(arrival.payload().getLong(0)));
            } else if (film != null && arrival.carriesFrame()) {
                checkFilmed(film, arrival, ahead);
            }
        }
    }

    /// All that ever arrived, by its numbers.
    void checkOrder() {
        if (film != null) {
            checkPicture(film);
        } else {
            checkSound();
        }
    }

    /// The newest that has arrived, to be told to [#checkNothingIsMissing].
    long newestSeq() {
        return viewer.bySeq.lastKey();
    }

    /// From the packet behind `newestSeq` on, with nothing lost for good any more and nobody's wishes changed: every
    /// number came, and so did every packet that was sent for whoever wants it all.
    ///
    /// @param changed whether wishes did change, so that frames are left out
    void checkNothingIsMissing(long newestSeq, boolean changed) {
        if (ended) {
            return;
        }
        var since = viewer.bySeq.tailMap(newestSeq);
        assertThat(viewer.missing().stream().filter(seq -> seq > newestSeq))
                .as("of %s never came, from %s to %s", viewer.track, newestSeq, since.lastKey())
                .isEmpty();
        if (film != null && !changed) {
            checkWhole(film, List.copyOf(since.values()));
        }
    }

    private void checkWhole(Film shown, List<Viewer.Arrival> arrivals) {
        Set<Long> bodies = new HashSet<>();
        for (Viewer.Arrival arrival : arrivals) {
            if (arrival.carriesFrame()) {
                bodies.add(shown.body(arrival.payload()));
            }
        }
        long first = Collections.min(bodies);
        long last = Collections.max(bodies);
        int ssrc = shown.capture(last).ssrc();
        for (long body = first; body <= last; body++) {
            Film.Capture sent = shown.capture(body);
            assertThat(bodies.contains(body))
                    .as("%s of %s is forwarded", sent, viewer.track)
                    .isEqualTo(sent.ssrc() == ssrc && sent.top());
        }
    }

    private void checkSound() {
        Viewer.@Nullable Arrival before = null;
        for (Viewer.Arrival next : viewer.bySeq.values()) {
            if (before != null) {
                long spokenBetween =
                        next.payload().getLong(0) - before.payload().getLong(0);
                assertThat(spokenBetween)
                        .as("sound in the order it was spoken, and no number beside it: %s after %s", next, before)
                        .isGreaterThanOrEqualTo(next.extendedSeq() - before.extendedSeq());
                assertThat(next.timestampTicks() - before.timestampTicks()).isPositive();
            }
            before = next;
        }
    }

    private void checkFilmed(Film shown, Viewer.Arrival arrival, boolean ahead) {
        Film.Capture capture = shown.capture(shown.body(arrival.payload()));
        assertThat(blanked(shown, arrival.payload()))
                .as("the bytes that were filmed: %s", capture)
                .isEqualTo(blanked(shown, capture.payload()));
        if (arrival.repaired()) {
            return;
        }
        boolean settled = arrival.atMicros() > demandedMicros + UNDER_WAY_MICROS;
        assertThat(settled && demand.paused()).as("sent to who wants nothing").isFalse();
        if (settled && !restarted && ahead) {
            assertThat(reachedDemand && capture.layer() > demand.layer())
                    .as("of a layer that was left")
                    .isFalse();
            reachedDemand |= arrival.marker() && capture.layer() <= demand.layer();
        }
    }

    private static ByteBuffer blanked(Film shown, ByteBuffer payload) {
        byte[] bytes = new byte[payload.limit()];
        payload.get(0, bytes);
        ByteBuffer copy = ByteBuffer.wrap(bytes);
        shown.blank(copy);
        return copy;
    }

    private void checkPicture(Film shown) {
        Set<Long> bodies = new HashSet<>();
        Viewer.@Nullable Arrival before = null;
        int marked = Integer.MIN_VALUE;
        for (Viewer.Arrival next : viewer.bySeq.values()) {
            if (!next.carriesFrame()) {
                continue;
            }
            assertThat(bodies.add(shown.body(next.payload())))
                    .as("once only: %s", next)
                    .isTrue();
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

    private static void checkPair(Film shown, Viewer.Arrival before, Viewer.Arrival next) {
        int step = next.timestampTicks() - before.timestampTicks();
        assertThat(step).as("timestamps rise: %s after %s", next, before).isNotNegative();
        int pictures = (shown.picture(next.payload()) - shown.picture(before.payload())) & 0x7FFF;
        assertThat(pictures).as("pictures rise: %s after %s", next, before).isLessThan(0x4000);
        Film.Capture earlier = shown.capture(shown.body(before.payload()));
        Film.Capture later = shown.capture(shown.body(next.payload()));
        long numbers = next.extendedSeq() - before.extendedSeq();
        if (earlier.ssrc() == later.ssrc()) {
            assertThat(numbers)
                    .as("no number that nothing was sent under: %s after %s", next, before)
                    .isLessThanOrEqualTo(later.number() - earlier.number());
        } else if (numbers == 1) {
            assertThat(shown.startsKeyframe(next.payload()))
                    .as("another layer begins with a key frame")
                    .isTrue();
        }
        if (numbers == 1) {
            assertThat(step > 0)
                    .as("a marker ends a frame: %s after %s", next, before)
                    .isEqualTo(before.marker());
            assertThat(pictures)
                    .as("pictures without gap: %s after %s", next, before)
                    .matches(gap -> before.marker() ? shown.countsPictures() ? gap == 1 : gap >= 1 : gap == 0);
        }
    }
}
