package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.RecordedStream.Sent;
import io.tributary.sfu.forward.ScalableCall.Frame;
import io.tributary.sfu.forward.ScalableCall.Mode;
import io.tributary.sfu.track.LayerDemand;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every subscriber of a stream with several spatial layers in it, whatever it asks for and
/// whatever its publisher leaves away. A failing seed is in the test's name.
class ScalablePropertyTest {
    static Stream<Arguments> seeds() {
        return Arrays.stream(Mode.values())
                .flatMap(mode -> IntStream.rangeClosed(1, 25).mapToObj(seed -> Arguments.of(mode, seed)));
    }

    /// A decoder that knows what each frame refers to never misses any of it.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void everyFrameCanBeDecodedAndNumbersCountOn(Mode mode, int seed) {
        var call = new ScalableCall(seed, mode, LayerDemand.HIGHEST);
        for (int i = 0; i < 1_500; i++) {
            meddle(call);
            call.run(1);
        }
        List<Sent> sent = call.out.sent;
        assertThat(sent).hasSizeGreaterThan(250);
        var seen = new HashSet<Integer>();
        for (int i = 0; i < sent.size(); i++) {
            Frame frame = call.frameOf(sent.get(i));
            assertThat(seen).as("what packet %d, %s, refers to", i, frame).containsAll(frame.needs());
            seen.add(frame.id());
            if (i > 0) {
                follows(call, sent.get(i - 1), sent.get(i), i);
            }
        }
        noBufferIsLeft(call);
    }

    private static void follows(ScalableCall call, Sent before, Sent after, int i) {
        assertThat((short) (after.seq() - before.seq())).as("seq at %d", i).isEqualTo((short) 1);
        boolean newPicture =
                call.frameOf(before).picture() != call.frameOf(after).picture();
        assertThat(before.marker()).as("marker before packet %d", i).isEqualTo(newPicture);
        assertThat(after.timestampTicks() - before.timestampTicks() > 0)
                .as("timestamp at %d", i)
                .isEqualTo(newPicture);
        int step = (picture(after) - picture(before)) << 17 >> 17;
        assertThat(step > 0).as("picture id at %d", i).isEqualTo(newPicture);
    }

    /// Whatever happened before, a subscriber gets what it asks for, and nothing above it.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void everyWishComesTrue(Mode mode, int seed) {
        var call = new ScalableCall(seed, mode, LayerDemand.LOWEST);
        for (int i = 0; i < 300; i++) {
            meddle(call);
            call.run(1);
        }
        call.track.muted(false);
        call.sendSpatials(mode.spatials);
        for (int layer : new int[] {2, 0, 1, 2, 1, 0}) {
            call.forwarder.demand(call.nowMicros, new LayerDemand(layer));
            call.run(60);
            call.out.sent.clear();
            int requests = call.keyframeRequests;
            call.run(30);
            int highest = Math.min(layer, mode.spatials - 1);
            assertThat(call.keyframeRequests).as("requests once there").isEqualTo(requests);
            assertThat(call.out.sent.stream()
                            .map(call::frameOf)
                            .mapToInt(Frame::spatialId)
                            .max())
                    .hasValue(highest);
            assertThat(call.out.sent.stream()
                            .map(call::frameOf)
                            .filter(frame -> frame.spatialId() == highest)
                            .map(Frame::picture)
                            .distinct())
                    .hasSize(30);
        }
        noBufferIsLeft(call);
    }

    /// Losses are the receiver's to ask about, and what it asks for comes under the number that it was kept for.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void neverRepeatsANumberOverBadNetwork(Mode mode, int seed) {
        var call = new ScalableCall(seed, mode, LayerDemand.HIGHEST);
        var numbers = new HashSet<Long>();
        var sentFrames = new HashSet<Integer>();
        long newest = -1;
        for (int i = 0; i < 1_500; i++) {
            meddle(call);
            call.track.muted(false); // what was sent before a mute is not kept
            call.runBadly();
            for (Sent sent : call.out.sent) {
                newest = newest < 0 ? sent.seq() : newest;
                long extended = newest + (short) (sent.seq() - (int) newest);
                newest = Math.max(newest, extended);
                assertThat(numbers.add(extended))
                        .as("number %d twice", extended)
                        .isTrue();
            }
            for (long missing = newest; missing > newest - 60; missing--) {
                if (!numbers.contains(missing)) {
                    call.forwarder.onNack(call.nowMicros, (int) missing & 0xFFFF);
                }
            }
            call.out.sent.addAll(call.out.resent);
            call.out.sent.stream()
                    .filter(sent -> !sent.empty())
                    .forEach(sent -> sentFrames.add(call.frameOf(sent).id()));
            call.out.sent.clear();
            call.out.resent.clear();
        }
        assertThat(sentFrames).hasSizeGreaterThan(250);
        noBufferIsLeft(call);
    }

    /// Losses before the track cannot be helped. Nothing is lost by us: a frame that is sent can be decoded if
    /// whatever it depends on reached the track.
    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    void whatArrivedCanBeDecodedOverABadNetwork(Mode mode, int seed) {
        var call = new ScalableCall(seed, mode, LayerDemand.HIGHEST);
        var receiver = new Receiver(call);
        for (int i = 0; i < 1_500; i++) {
            meddle(call);
            call.track.muted(false); // what was sent before a mute is not kept
            call.runBadly();
            receiver.turn();
        }
        for (int i = 0; i < 30; i++) {
            call.run(1);
            receiver.turn();
        }
        receiver.judge();
        noBufferIsLeft(call);
    }

    /// Takes what is sent and asks for what is missing, packet by packet.
    private static final class Receiver {
        private final ScalableCall call;
        private final HashSet<Long> numbers = new HashSet<>();
        private final Map<Integer, Integer> packets = new LinkedHashMap<>();
        private final Map<Integer, Boolean> possible = new HashMap<>();
        private long newest = -1;
        private int decodable;

        Receiver(ScalableCall call) {
            this.call = call;
        }

        void turn() {
            take(call.out.sent);
            for (long missing = newest; missing > newest - 200; missing--) {
                if (!numbers.contains(missing)) {
                    call.forwarder.onNack(call.nowMicros, (int) missing & 0xFFFF);
                }
            }
            take(call.out.resent);
        }

        private void take(List<Sent> arrived) {
            for (Sent sent : arrived) {
                newest = newest < 0 ? sent.seq() : newest;
                long extended = newest + (short) (sent.seq() - (int) newest);
                newest = Math.max(newest, extended);
                if (numbers.add(extended) && !sent.empty()) {
                    packets.merge(call.frameOf(sent).id(), 1, Integer::sum);
                }
            }
            arrived.clear();
        }

        void judge() {
            for (int id : packets.keySet()) {
                Frame frame = Objects.requireNonNull(call.frames.get(id));
                if (!call.whole(id, packets) || !possible(id)) {
                    continue;
                }
                decodable++;
                for (int needed : frame.needs()) {
                    assertThat(call.whole(needed, packets))
                            .as("%s refers to %s", frame, call.frames.get(needed))
                            .isTrue();
                }
            }
            assertThat(decodable).isGreaterThan(100);
        }

        /// Whether a receiver of everything that reached the track could decode it.
        private boolean possible(int id) {
            Boolean known = possible.get(id);
            if (known == null) {
                known = call.whole(id, call.delivered)
                        && Objects.requireNonNull(call.frames.get(id)).needs().stream()
                                .allMatch(this::possible);
                possible.put(id, known);
            }
            return known;
        }
    }

    private static void meddle(ScalableCall call) {
        double fate = call.random.nextDouble();
        if (fate < 0.03) {
            int fps = new int[] {0, 5, 15, 30}[call.random.nextInt(4)];
            call.forwarder.demand(call.nowMicros, new LayerDemand(call.random.nextInt(-1, 3), fps));
        } else if (fate < 0.035) {
            call.forwarder.onKeyframeRequest(call.nowMicros);
        } else if (fate < 0.045) {
            call.sendSpatials(call.random.nextInt(1, call.mode.spatials + 1));
        } else if (fate < 0.05) {
            call.track.muted(true);
        } else if (fate < 0.1) {
            call.track.muted(false);
        }
    }

    /// Of the prefix where it was rewritten, else of the publisher's own descriptor.
    private static int picture(Sent sent) {
        return (sent.prefix().hasRemaining() ? sent.prefix() : sent.body()).getShort(1) & 0x7FFF;
    }

    private static void noBufferIsLeft(ScalableCall call) {
        call.track.close();
        assertThat(call.pool.outstanding()).isZero();
    }
}
