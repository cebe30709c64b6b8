package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.loop.Timed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NackGeneratorTest {
    private static final long MILLI = 1_000;
    private static final long START = 5_000_000;

    private final NackGenerator nack = new NackGenerator();
    private final int[] due = new int[NackGenerator.MAX_OUTSTANDING];

    @Test
    void asksForNothingWhileNothingIsMissing() {
        for (int seq = 0; seq < 1000; seq++) {
            nack.onPacket(START + seq * MILLI, seq);
        }
        assertThat(nack.nextDeadlineMicros()).isEqualTo(Timed.NEVER);
        assertThat(asked(START + 10_000 * MILLI)).isEmpty();
    }

    @Test
    void waitsTwentyMillisForAPacketThatMayOnlyBeLate() {
        nack.onPacket(START, 10);
        nack.onPacket(START, 12);
        assertThat(asked(START + 19 * MILLI)).isEmpty();
        assertThat(nack.nextDeadlineMicros()).isEqualTo(START + 20 * MILLI);
        assertThat(asked(START + 20 * MILLI)).containsExactly(11);
    }

    @Test
    void doesNotWaitOnceTwoPacketsHaveOvertakenIt() {
        nack.onPacket(START, 10);
        nack.onPacket(START, 12);
        nack.onPacket(START + MILLI, 13);
        assertThat(asked(START + MILLI)).containsExactly(11);
    }

    @Test
    void forgetsWhatArrivesLate() {
        nack.onPacket(START, 10);
        nack.onPacket(START, 12);
        nack.onPacket(START + 5 * MILLI, 11);
        assertThat(nack.outstanding()).isZero();
        assertThat(asked(START + 100 * MILLI)).isEmpty();
    }

    @Test
    void asksAgainEverMoreSlowlyAndFiveTimesAtMost() {
        nack.onPacket(START, 10);
        nack.onPacket(START, 12);
        nack.onPacket(START, 13);
        long roundTrip = 40 * MILLI;
        List<Long> times = new ArrayList<>();
        for (long now = START; now < START + 3_000 * MILLI; now += MILLI) {
            if (nack.due(now, roundTrip, due) > 0) {
                times.add((now - START) / MILLI);
            }
        }
        // 1.25, 1.5625, 1.953, 2.441 times the round trip of 40 ms after one another, on a grid of one millisecond.
        assertThat(times).containsExactly(0L, 50L, 113L, 192L, 290L);
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void boundsTheIntervalFromBelowAndAbove() {
        assertThat(NackGenerator.intervalMicros(1, 1)).isEqualTo(20 * MILLI);
        assertThat(NackGenerator.intervalMicros(350 * MILLI, 4)).isEqualTo(400 * MILLI);
    }

    @Test
    void givesUpWhatIsOlderThanASecond() {
        nack.onPacket(START, 10);
        nack.onPacket(START, 12);
        assertThat(asked(START + 999 * MILLI)).containsExactly(11);
        assertThat(asked(START + 1_400 * MILLI)).isEmpty();
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void keepsTheLatestHundred() {
        nack.onPacket(START, 0);
        nack.onPacket(START, 151);
        assertThat(nack.outstanding()).isEqualTo(100);
        assertThat(asked(START)).hasSize(99).startsWith(51).endsWith(149); // 150 may only be late
    }

    @Test
    void makesRoomForTheNewAtTheCostOfTheOld() {
        nack.onPacket(START, 0);
        nack.onPacket(START, 91);
        nack.onPacket(START, 122);
        assertThat(nack.outstanding()).isEqualTo(100);
        assertThat(asked(START + 20 * MILLI)).startsWith(21).endsWith(121);
    }

    @Test
    void takesALongJumpForARestart() {
        nack.onPacket(START, 0);
        nack.onPacket(START, 3);
        nack.onPacket(START, 3 + 1002);
        assertThat(nack.outstanding()).isZero();
    }

    @Test
    void wantsNothingFromBeforeAKeyFrame() {
        nack.onPacket(START, 0);
        nack.onPacket(START, 10);
        nack.onPacket(START, 20);
        nack.forgetBefore(12);
        assertThat(asked(START + 20 * MILLI)).containsExactly(12, 13, 14, 15, 16, 17, 18, 19);
    }

    @Test
    void measuresTheRoundTripByAnAnswerToASingleRequest() {
        nack.onPacket(START, 0);
        nack.onPacket(START, 4);
        assertThat(asked(START + 20 * MILLI)).containsExactly(1, 2, 3);
        assertThat(nack.onRecovered(START + 75 * MILLI, 1)).isEqualTo(55 * MILLI);
        assertThat(asked(START + 150 * MILLI)).containsExactly(2, 3);
        assertThat(nack.onRecovered(START + 160 * MILLI, 2)).isEqualTo(NackGenerator.NO_SAMPLE);
    }

    @Test
    void countsTheGapBeforeARetransmissionThatOutranEverything() {
        nack.onPacket(START, 0);
        assertThat(nack.onRecovered(START, 5)).isEqualTo(NackGenerator.NO_SAMPLE);
        assertThat(nack.outstanding()).isEqualTo(4);
    }

    @Test
    void writesSixteenBitNumbers() {
        nack.onPacket(START, 65_535);
        nack.onPacket(START, 65_537);
        assertThat(asked(START + 20 * MILLI)).containsExactly(0);
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
