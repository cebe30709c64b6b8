package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.RecordedStream.Sent;
import io.tributary.sfu.forward.Vp8Frames.Descriptor;
import io.tributary.sfu.track.LayerDemand;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What holds for every outgoing stream, whatever its source and its subscriber do. A failing seed is in the test's
/// name.
class RewritingPropertyTest {
    static IntStream seeds() {
        return IntStream.rangeClosed(1, 60);
    }

    /// Random switches, pauses and dying layers over a perfect network.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void countsOnWithoutAnyGapOverPerfectNetwork(int seed) {
        var call = new Simulcast(seed, LayerDemand.HIGHEST);
        for (int i = 0; i < 1_500; i++) {
            meddle(call);
            call.run(1);
        }
        List<Sent> sent = call.out.sent;
        assertThat(sent).hasSizeGreaterThan(250);
        for (int i = 1; i < sent.size(); i++) {
            Sent before = sent.get(i - 1);
            Sent after = sent.get(i);
            Descriptor last = Descriptor.of(before.prefix());
            Descriptor next = Descriptor.of(after.prefix());
            assertThat((short) (after.seq() - before.seq())).as("seq at %d", i).isEqualTo((short) 1);
            boolean newFrame = before.marker();
            assertThat(after.timestampTicks() - before.timestampTicks() > 0)
                    .as("timestamps of packet %d", i)
                    .isEqualTo(newFrame);
            assertThat(next.picture()).isEqualTo((last.picture() + (newFrame ? 1 : 0)) & 0x7FFF);
            assertThat(next.startsFrame()).as("start of packet %d", i).isEqualTo(newFrame);
            assertThat(next.tl0()).isEqualTo((last.tl0() + (newFrame && next.temporalId() == 0 ? 1 : 0)) & 0xFF);
            assertThat((next.key() - last.key()) & 0x1F).isBetween(0, 1);
        }
        assertThat(call.drops.counted(ForwardDrop.LEFT_OUT)).isPositive();
        everyFrameCanBeDecoded(call);
        noBufferIsLeft(call);
    }

    /// The same with losses and late packets on the way to the server.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void neverRepeatsAndNeverRunsBackOverBadNetwork(int seed) {
        var call = new Simulcast(seed, LayerDemand.LOWEST);
        for (int i = 0; i < 1_500; i++) {
            meddle(call);
            call.runBadly();
        }
        assertThat(call.out.sent).hasSizeGreaterThan(250);
        var bySeq = new TreeMap<Long, Sent>();
        var bodies = new HashSet<Long>();
        long extended = call.out.sent.getFirst().seq();
        for (Sent sent : call.out.sent) {
            extended += (short) (sent.seq() - (int) extended);
            assertThat(bySeq.put(extended, sent))
                    .as("number %d twice", extended)
                    .isNull();
            if (!sent.empty()) {
                assertThat(bodies.add(sent.body().getLong(1)))
                        .as("a packet twice")
                        .isTrue();
            }
        }
        var timestamps = new HashMap<Integer, Integer>();
        Sent before = bySeq.firstEntry().getValue();
        var leftOut = new HashSet<Integer>();
        for (Sent sent : bySeq.values()) {
            assertThat(sent.timestampTicks() - before.timestampTicks()).isNotNegative();
            if (sent.empty()) {
                leftOut.add(sent.timestampTicks());
                continue;
            }
            int picture = Descriptor.of(sent.prefix()).picture();
            int step = (short) ((picture - Descriptor.of(before.prefix()).picture()) << 1) >> 1;
            assertThat(step).as("picture ids").isNotNegative();
            assertThat(timestamps.merge(picture, sent.timestampTicks(), (first, again) -> first))
                    .as("all packets of picture %d have one timestamp", picture)
                    .isEqualTo(sent.timestampTicks());
            before = sent;
        }
        assertThat(timestamps.values()).as("no part of a frame").doesNotContainAnyElementsOf(leftOut);
        noBufferIsLeft(call);
    }

    /// A NACK brings back exactly what was sent under that number, from whichever layer it was.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answersNacksWithWhatWasSent(int seed) {
        var call = new Simulcast(seed, LayerDemand.HIGHEST);
        if (seed % 2 == 0) {
            call.encoders.forEach(encoder -> {
                encoder.wide = false;
                encoder.picture &= 0x7F;
            });
        }
        int answers = 0;
        for (int i = 0; i < 600; i++) {
            meddle(call);
            call.track.muted(false); // what was sent before a mute is not kept
            call.runBadly();
            if (i % 10 == 9 && call.out.sent.size() > 30) {
                for (Sent sent : call.out.sent.subList(call.out.sent.size() - 30, call.out.sent.size())) {
                    call.out.resent.clear();
                    call.nowMicros += ResendLimit.MIN_INTERVAL_MICROS / 30;
                    call.forwarder.onNack(call.nowMicros, sent.seq());
                    for (Sent again : call.out.resent) {
                        answers++;
                        assertThat(again).isEqualTo(sent);
                    }
                }
            }
        }
        assertThat(answers).isGreaterThan(200);
        noBufferIsLeft(call);
    }

    /// With sender reports the outgoing time line is the publisher's: two frames captured t apart are t apart, however
    /// many switches lie between them, up to the frame interval that a switch may have to add.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void switchesDoNotAddUpOnTheTimeLine(int seed) {
        var call = new Simulcast(seed, LayerDemand.HIGHEST);
        call.run(5);
        call.report();
        long startMicros = call.nowMicros;
        Sent start = call.out.sent.getLast();
        for (int i = 0; i < 100; i++) {
            call.forwarder.demand(call.nowMicros, new LayerDemand(call.random.nextInt(Simulcast.LAYERS)));
            call.run(1 + call.random.nextInt(40));
            call.report();
        }
        long capturedTicks = (call.nowMicros - startMicros) * 90 / 1_000;
        Sent last = call.out.sent.stream()
                .max(Comparator.comparingInt(sent -> sent.timestampTicks() - start.timestampTicks()))
                .orElseThrow();
        assertThat((long) (last.timestampTicks() - start.timestampTicks()))
                .isBetween(capturedTicks - 2, capturedTicks + 3_000);
    }

    private static void meddle(Simulcast call) {
        double fate = call.random.nextDouble();
        if (fate < 0.02) {
            call.forwarder.demand(
                    call.nowMicros, new LayerDemand(call.random.nextInt(-1, Simulcast.LAYERS), fps(call)));
        } else if (fate < 0.03) {
            call.forwarder.onKeyframeRequest(call.nowMicros);
        } else if (fate < 0.04) {
            call.report();
        } else if (fate < 0.045) {
            Simulcast.Encoder encoder = call.encoders.get(call.random.nextInt(Simulcast.LAYERS));
            encoder.running = !encoder.running;
        } else if (fate < 0.048) {
            call.track.muted(true);
        } else if (fate < 0.1) {
            call.track.muted(false);
        }
    }

    private static int fps(Simulcast call) {
        return new int[] {0, 5, 15, 30}[call.random.nextInt(4)];
    }

    private static void everyFrameCanBeDecoded(Simulcast call) {
        var seen = new HashSet<Integer>();
        for (Sent sent : call.out.sent) {
            TemporalPattern.Frame frame =
                    Objects.requireNonNull(call.frames.get(sent.body().getLong(1)));
            assertThat(seen).as("what %s refers to", frame).containsAll(frame.needs());
            seen.add(frame.id());
        }
    }

    private static void noBufferIsLeft(Simulcast call) {
        call.track.close();
        assertThat(call.pool.outstanding()).isZero();
    }
}
