package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NackGeneratorTest {
    private static final long MILLI = 1_000;
    private static final long START = 5_000_000;

    private final NackGenerator nack = new NackGenerator();
    private final int[] due = new int[NackGenerator.MAX_OUTSTANDING];

    @Test
    void asksForNothingWhileNothingIsMissing() {
        for (int seq = 0; seq < 1000; seq++) {
            arrive(START + seq * MILLI, seq);
        }
        assertThat(nack.nextDeadlineMicros()).isEqualTo(Timed.NEVER);
        assertThat(asked(START + 10_000 * MILLI)).isEmpty();
    }

    @Test
    void waitsTwentyMillisForAPacketThatMayOnlyBeLate() {
        arrive(START, 10);
        arrive(START, 12);
        assertThat(asked(START + 19 * MILLI)).isEmpty();
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 20 * MILLI);
        assertThat(asked(START + 20 * MILLI)).containsExactly(11);
    }

    @Test
    void doesNotWaitWhereNothingIsEverReordered() {
        int next = arriveInOrder(ReorderGuard.LEARNING_PACKETS);
        arrive(START, next + 1);
        assertThat(asked(START)).containsExactly(next);
    }

    @Test
    void waitsTwiceAsLongAsPacketsAreLate() {
        int next = arriveInOrder(ReorderGuard.LEARNING_PACKETS);
        for (int i = 0; i < 5; i++) {
            arrive(START, next + 1);
            arrive(START + 3_500, next); // in the fourth millisecond
            next += 2;
        }
        arrive(START, next + 1);
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 8 * MILLI);
    }

    @Test
    void doesNotTakeALoneLatePacketForTheRule() {
        int next = arriveInOrder(ReorderGuard.LEARNING_PACKETS);
        arrive(START, next + 1);
        arrive(START + 6 * MILLI, next);
        next += 2;
        arrive(START, next + 1);
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 14 * MILLI);
        next += 2;
        for (int i = 0; i < 5 * ReorderGuard.HALF_LIFE_PACKETS; i++) {
            arrive(START, next++);
        }
        assertThat(asked(START + 1_500 * MILLI)).isEmpty(); // too old by then
        arrive(START + 1_500 * MILLI, next + 1);
        assertThat(asked(START + 1_500 * MILLI)).containsExactly(next);
    }

    /// Where there is no RTX, what is sent again looks like a late packet; it must not teach us to wait.
    @Test
    void doesNotTakeARepeatForALatePacket() {
        int next = arriveInOrder(ReorderGuard.LEARNING_PACKETS);
        arrive(START, next + 1);
        assertThat(asked(START)).containsExactly(next);
        arrive(START + 40 * MILLI, next);
        arrive(START + 50 * MILLI, next + 3);
        assertThat(asked(START + 50 * MILLI)).containsExactly(next + 2);
    }

    /// The rest of a frame follows at once: when the next frame is there, it is late already.
    @Test
    void countsTheGuardFromThePacketBeforeWhenAFrameIsCutShort() {
        nack.onPacket(START, 10, 3_000, false);
        nack.onPacket(START + 33 * MILLI, 12, 6_000, true);
        assertThat(asked(START + 33 * MILLI)).containsExactly(11);
        nack.onPacket(START + 66 * MILLI, 13, 9_000, false);
        nack.onPacket(START + 71 * MILLI, 15, 12_000, true); // paced so tightly that frames follow each other at once
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 86 * MILLI);
    }

    @Test
    void waitsWhenTheBeginningOfTheNewestFrameIsMissing() {
        nack.onPacket(START, 10, 3_000, true);
        nack.onPacket(START + 33 * MILLI, 12, 6_000, true);
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 53 * MILLI);
    }

    @Test
    void saysHowManyItGaveUp() {
        arrive(START, 0);
        arrive(START, 3);
        assertThat(nack.takeGivenUp()).isZero();
        for (long now = START; now < START + 2_000 * MILLI; now += 10 * MILLI) {
            asked(now);
        }
        assertThat(nack.takeGivenUp()).isEqualTo(2);
        arrive(START, 304);
        assertThat(nack.takeGivenUp()).as("more than can be asked for").isEqualTo(200);
        nack.forgetBefore(304);
        assertThat(nack.takeGivenUp()).as("nobody misses these").isZero();
        arrive(START, 304 + 1002);
        assertThat(nack.takeGivenUp()).as("a gap beyond repair").isEqualTo(1001);
    }

    /// Any network: whatever does not come by itself is asked for in time, not too often, not too fast, and in the end
    /// everything has come or was given up.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void losesTrackOfNothing(long seed) {
        var random = new SplittableRandom(Long.getLong("test.seed", seed));
        double loss = random.nextDouble(0.5);
        long jitter = random.nextLong(1, 40 * MILLI);
        long roundTrip = random.nextLong(1, 300 * MILLI);
        int packets = 3_000;
        record Arrival(long atMicros, long seq, boolean repair) {}
        var network = new PriorityQueue<Arrival>(
                Comparator.comparingLong(Arrival::atMicros).thenComparingLong(Arrival::seq));
        for (int seq = 0; seq < packets; seq++) {
            if (seq == 0 || seq >= packets - 3 || random.nextDouble() >= loss) {
                network.add(new Arrival(START + seq * 5L * MILLI + random.nextLong(jitter), seq, false));
            }
        }
        var come = new HashSet<Long>();
        var tries = new HashMap<Integer, Integer>();
        var lastMicros = new HashMap<Integer, Long>();
        long given = 0;
        long first = network.element().seq();
        while (!network.isEmpty() || nack.outstanding() > 0) {
            long arrival = network.isEmpty() ? Timed.NEVER : network.element().atMicros();
            long now = Math.min(arrival, nack.nextDeadlineMicros());
            if (now == arrival) {
                Arrival next = network.remove();
                if (come.add(next.seq())) {
                    if (next.repair()) {
                        nack.onRecovered(now, next.seq(), (int) next.seq() / 7 * 3_000, next.seq() % 7 == 6);
                    } else {
                        nack.onPacket(now, next.seq(), (int) next.seq() / 7 * 3_000, next.seq() % 7 == 6);
                    }
                }
            } else {
                int count = nack.due(now, roundTrip, due);
                for (int i = 0; i < count; i++) {
                    assertThat(come).doesNotContain((long) due[i]);
                    assertThat(tries.merge(due[i], 1, Integer::sum)).isLessThanOrEqualTo(NackGenerator.MAX_TRIES);
                    Long before = lastMicros.put(due[i], now);
                    assertThat(now - (before == null ? 0 : before))
                            .isGreaterThanOrEqualTo(NackGenerator.MIN_INTERVAL_MICROS);
                    if (random.nextDouble() >= loss) {
                        network.add(new Arrival(now + roundTrip, due[i], true));
                    }
                }
            }
            assertThat(nack.outstanding()).isLessThanOrEqualTo(NackGenerator.MAX_OUTSTANDING);
            given += nack.takeGivenUp();
        }
        long missing =
                packets - first - come.stream().filter(seq -> seq >= first).count();
        assertThat(given)
                .as("seed %d: given up, some of which came in the end", seed)
                .isGreaterThanOrEqualTo(missing);
        assertThat(given - missing).isLessThan(packets / 5);
    }

    @Test
    void forgetsWhatArrivesLate() {
        arrive(START, 10);
        arrive(START, 12);
        arrive(START + 5 * MILLI, 11);
        assertThat(nack.outstanding()).isZero();
        assertThat(asked(START + 100 * MILLI)).isEmpty();
    }

    @Test
    void asksAgainEverMoreSlowlyAndFiveTimesAtMost() {
        arrive(START, 10);
        arrive(START, 12);
        arrive(START, 13);
        long roundTrip = 40 * MILLI;
        List<Long> times = new ArrayList<>();
        for (long now = START; now < START + 3_000 * MILLI; now += MILLI) {
            if (nack.due(now, roundTrip, due) > 0) {
                times.add((now - START) / MILLI);
            }
        }
        // 1.25, 1.5625, 1.953, 2.441 times the round trip of 40 ms after one another, on a grid of one millisecond.
        assertThat(times).containsExactly(20L, 70L, 133L, 212L, 310L);
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void boundsTheIntervalFromBelowAndAbove() {
        assertThat(NackGenerator.intervalMicros(1, 1)).isEqualTo(20 * MILLI);
        assertThat(NackGenerator.intervalMicros(350 * MILLI, 4)).isEqualTo(400 * MILLI);
    }

    @Test
    void givesUpWhatIsOlderThanASecond() {
        arrive(START, 10);
        arrive(START, 12);
        assertThat(asked(START + 999 * MILLI)).containsExactly(11);
        assertThat(asked(START + 1_400 * MILLI)).isEmpty();
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void keepsTheLatestHundred() {
        arrive(START, 0);
        arrive(START, 151);
        assertThat(nack.outstanding()).isEqualTo(100);
        assertThat(asked(START + 20 * MILLI)).hasSize(100).startsWith(51).endsWith(150);
    }

    @Test
    void makesRoomForTheNewAtTheCostOfTheOld() {
        arrive(START, 0);
        arrive(START, 91);
        arrive(START, 122);
        assertThat(nack.outstanding()).isEqualTo(100);
        assertThat(asked(START + 20 * MILLI)).startsWith(21).endsWith(121);
    }

    @Test
    void takesALongJumpForARestart() {
        arrive(START, 0);
        arrive(START, 3);
        arrive(START, 3 + 1002);
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void wantsNothingFromBeforeAKeyFrame() {
        arrive(START, 0);
        arrive(START, 10);
        arrive(START, 20);
        nack.forgetBefore(12);
        assertThat(asked(START + 20 * MILLI)).containsExactly(12, 13, 14, 15, 16, 17, 18, 19);
    }

    @Test
    void measuresTheRoundTripByAnAnswerToASingleRequest() {
        arrive(START, 0);
        arrive(START, 4);
        assertThat(asked(START + 20 * MILLI)).containsExactly(1, 2, 3);
        assertThat(nack.onRecovered(START + 75 * MILLI, 1, 0, true)).isEqualTo(55 * MILLI);
        assertThat(asked(START + 150 * MILLI)).containsExactly(2, 3);
        assertThat(nack.onRecovered(START + 160 * MILLI, 2, 0, true)).isEqualTo(NackGenerator.NO_SAMPLE);
    }

    @Test
    void countsTheGapBeforeARetransmissionThatOutranEverything() {
        arrive(START, 0);
        assertThat(nack.onRecovered(START, 5, 0, true)).isEqualTo(NackGenerator.NO_SAMPLE);
        assertThat(nack.outstanding()).isEqualTo(4);
    }

    @Test
    void writesSixteenBitNumbers() {
        arrive(START, 65_535);
        arrive(START, 65_537);
        assertThat(asked(START + 20 * MILLI)).containsExactly(0);
    }

    /// Each a frame of its own.
    private void arrive(long nowMicros, long extendedSeq) {
        nack.onPacket(nowMicros, extendedSeq, (int) (extendedSeq * 3_000), true);
    }

    /// The next number.
    private int arriveInOrder(int packets) {
        for (int seq = 0; seq < packets; seq++) {
            arrive(START, seq);
        }
        return packets;
    }

    private List<Integer> asked(long nowMicros) {
        int count = nack.due(nowMicros, 0, due);
        List<Integer> seqs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            seqs.add(due[i]);
        }
        return seqs;
    }
}
