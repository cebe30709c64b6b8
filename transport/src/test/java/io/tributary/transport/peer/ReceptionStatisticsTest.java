package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceptionStatisticsTest {
    private static final int CLOCK_HZ = 90_000;
    private final ReceptionStatistics reception = new ReceptionStatistics(CLOCK_HZ);
    private final LossInterval interval = new LossInterval();

    @Test
    void reportsLossOfTheNetworkWhateverIsRepaired() {
        for (int seq = 0; seq < 100; seq++) {
            if (seq % 10 != 5) {
                arrive(seq);
            }
        }
        reception.onRecovered(5, 1000);
        reception.onRecovered(15, 1000);
        assertThat(reception.takeFractionLost()).isEqualTo(25); // 10 of 100 in 256ths
        assertThat(reception.cumulativeLost()).isEqualTo(10);
        assertThat(reception.stats().lost()).isEqualTo(8);
        assertThat(reception.takeFractionLost()).isZero();
    }

    @Test
    void countsWhatIsStillBeingRepairedNeitherWay() {
        arrive(0);
        arrive(9);
        reception.takeInterval(8, interval);
        assertThat(interval.takePercent()).isZero();
        for (int seq = 1; seq < 7; seq++) {
            reception.onRecovered(seq, 1000);
        }
        arrive(10);
        arrive(11);
        reception.takeInterval(0, interval);
        assertThat(interval.takePercent()).isEqualTo(20); // 2 of the 10 that were settled since
    }

    @Test
    void countsCyclesFromTheFirstPacket() {
        long first = 7 * 65_536L + 65_530;
        arrive(first);
        arrive(first + 10);
        assertThat(reception.highestSequenceReceived()).isEqualTo(65_536 + 4);
    }

    @Test
    void measuresJitterPerFrame() {
        long now = 1_000_000;
        for (int frame = 0; frame < 300; frame++) {
            long late = frame % 2 == 0 ? 0 : 5_000;
            reception.onPacket(now + late, 2L * frame, frame * 3_000, 1000);
            reception.onPacket(now + late + 1_000, 2L * frame + 1, frame * 3_000, 1000); // same frame: says nothing
            now += 33_333;
        }
        assertThat(reception.jitterTicks()).isBetween(430, 460); // |D| is 5 ms, 450 ticks, each time
    }

    @Test
    void tellsHowLongAgoTheSenderReported() {
        assertThat(reception.lastSenderReport()).isZero();
        assertThat(reception.delaySinceSenderReport(1_000_000)).isZero();
        reception.onSenderReport(1_000_000, 0x1234_5678_9ABC_DEF0L);
        assertThat(reception.lastSenderReport()).isEqualTo(0x5678_9ABC);
        assertThat(reception.delaySinceSenderReport(1_500_000)).isEqualTo(32_768);
    }

    private void arrive(long seq) {
        reception.onPacket(1_000_000 + seq * 10_000, seq, (int) seq * 900, 1000);
    }
}
