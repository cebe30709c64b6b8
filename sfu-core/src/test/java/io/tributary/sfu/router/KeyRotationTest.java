package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.FrameProtection;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Publishers change their keys whenever they like: somebody leaves, and whoever stays goes on under another one. The
/// server neither knows nor cares.
class KeyRotationTest {
    private static final int STEPS = 30;
    private static final int STEP_MILLIS = 500;
    private static final int LAST_KEY_INDEX = 255;

    /// One and the same call, under one key and under keys that change every two seconds or sooner: everything arrives
    /// at the same microsecond under the same number.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void aFrameIsNotDelayedReorderedOrDroppedForTheKeyItNames(long seed) {
        List<String> underOneKey = arrivals(seed, false);
        List<String> underMany = arrivals(seed, true);

        assertThat(underMany).isEqualTo(underOneKey).hasSizeGreaterThan(1_000);
    }

    /// Nobody is sent a frame again that was meant for those who were there before: what a joiner receives was captured
    /// after the last rotation before it came, also if it asks for what came earlier.
    @ParameterizedTest(name = "{0} loops")
    @ValueSource(ints = {1, 2})
    void whoJoinsAfterARotationGetsNothingUnderTheKeyBefore(int loops) {
        var call = new Call(loops, loops);
        call.protection = FrameProtection.LIVEKIT;
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        camera.encrypted = true;
        Microphone microphone = alice.microphone("TR_microphone");
        Call.Person bob = call.join("bob");
        bob.view("TR_camera", LayerDemand.HIGHEST).asksAgain();
        bob.listen("TR_microphone");
        call.runForMillis(4_000);
        Call.Person carol = call.join("carol");

        camera.keyIndex = 1;
        microphone.keyIndex = 1;
        int spoken = microphone.sent;
        long rotatedMicros = call.world.nowMicros();
        call.runForMillis(200);
        Viewer sees = carol.view("TR_camera", LayerDemand.HIGHEST);
        Viewer hears = carol.listen("TR_microphone");
        call.runForMillis(1_000);
        for (Viewer viewer : List.of(sees, hears)) {
            assertThat(viewer.arrivals).hasSizeGreaterThan(20);
            int first = (int) (long) viewer.bySeq.firstKey();
            for (int back = 1; back <= 500; back += 10) {
                int from = first - back;
                viewer.nack(IntStream.range(from - 10, from)
                        .map(seq -> seq & 0xFFFF)
                        .toArray());
                call.runForMillis(20);
            }
        }
        call.runForMillis(1_000);

        assertThat(sees.bySeq.firstEntry().getValue().startsKeyframe()).isTrue();
        assertThat(sees.arrivals).allSatisfy(arrival -> {
            assertThat(camera.capture(arrival.body()).atMicros()).isGreaterThan(rotatedMicros);
            if (arrival.marker()) {
                assertThat(arrival.payload().get(arrival.payload().limit() - 1)).isEqualTo((byte) 1);
            }
        });
        assertThat(hears.arrivals).allSatisfy(arrival -> {
            assertThat(arrival.payload().getLong(0)).isGreaterThanOrEqualTo(spoken);
            assertThat(arrival.payload().get(39)).isEqualTo((byte) 1);
        });
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// What comes to everybody in a call with losses, switched layers, mutes, people who come and go; all but the key
    /// index.
    private static List<String> arrivals(long seed, boolean rotates) {
        var call = new Call(seed, 1 + (int) (seed & 1));
        call.protection = FrameProtection.LIVEKIT;
        RandomGenerator plan = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        camera.encrypted = true;
        Microphone microphone = alice.microphone("TR_microphone");
        List<Viewer> viewers = new ArrayList<>();
        List<Call.Person> watching = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            if (step % 12 == 0) {
                Call.Person person = call.join("watcher-" + step);
                person.downlink().loss(0.01);
                watching.add(person);
                viewers.add(person.view("TR_camera", new LayerDemand(plan.nextInt(3)))
                        .asksAgain());
                viewers.add(person.listen("TR_microphone"));
            }
            if (step == 20) {
                watching.getFirst().stop();
                call.plane.close(watching.getFirst().id);
            }
            viewers.get(2 * plan.nextInt(viewers.size() / 2)).demand(new LayerDemand(plan.nextInt(-1, 3)));
            call.plane.setMuted(new TrackSid("TR_camera"), plan.nextInt(10) == 0);
            int keyIndex = plan.nextInt(LAST_KEY_INDEX + 1);
            boolean sooner = plan.nextInt(4) == 0;
            if (rotates && (step % 4 == 0 || sooner)) {
                camera.keyIndex = keyIndex;
                microphone.keyIndex = keyIndex;
            }
            call.runForMillis(STEP_MILLIS);
        }
        assertThat(alice.events).noneMatch(RouterEvent.PlaintextSeen.class::isInstance);
        List<String> arrivals = new ArrayList<>();
        for (Viewer viewer : viewers) {
            for (Viewer.Arrival arrival : viewer.arrivals) {
                byte[] head = new byte[Math.min(15, arrival.payload().limit())];
                arrival.payload().get(0, head);
                arrivals.add(arrival.atMicros() + " " + arrival.extendedSeq() + " " + arrival.timestampTicks()
                        + arrival.marker() + arrival.repaired() + " "
                        + arrival.payload().limit()
                        + Arrays.toString(head));
            }
        }
        assertThat(call.outstandingAfterTheEnd()).isZero();
        return arrivals;
    }
}
