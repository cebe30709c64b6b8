package io.tributary.transport.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TransportFeedbackWriterTest {
    private static final int LIMIT = 1200;

    private final byte[] array = new byte[1500];
    private final TransportFeedbackWriter arrivals = new TransportFeedbackWriter();

    @Test
    void writesAShortReportByteForByte() {
        arrivals.onPacket(10, 640_000);
        arrivals.onPacket(11, 640_250);
        arrivals.onPacket(13, 705_000);
        int length = arrivals.write(array, 0, LIMIT, 1, 2);
        // Reference 10 x 64 ms. Two-bit vector: small, small, lost, large. Deltas 0, 1, and 259 in two bytes.
        assertThat(HexFormat.of().formatHex(array, 0, length))
                .isEqualTo("afcd0006" + "00000001" + "00000002" + "000a0004" + "00000a" + "00" + "d480" + "00" + "01"
                        + "0103" + "0002");
        assertThat(arrivals.hasNews()).isFalse();
        assertThat(arrivals.write(array, 0, LIMIT, 1, 2)).isZero();
    }

    @Test
    void aLongEvenStreamIsOneRun() {
        for (int i = 0; i < 500; i++) {
            arrivals.onPacket(i, i * 1_000L);
        }
        int length = arrivals.write(array, 0, LIMIT, 1, 2);
        assertThat(length).isEqualTo((20 + 2 + 500 + 3) / 4 * 4);
        assertThat(array[length - 1]).as("padding").isEqualTo((byte) 2);
    }

    @Test
    void theNextReportBeginsWhereThisOneEnded() {
        arrivals.onPacket(1, 0);
        arrivals.write(array, 0, LIMIT, 1, 2);
        arrivals.onPacket(4, 500);
        assertThat(heard(arrivals.write(array, 0, LIMIT, 1, 2)))
                .containsExactly(
                        "TWCC 00000001 about 00000002 fb=1 base=2 count=3 reference=0", "2 lost", "3 lost", "4 +500");
    }

    @Test
    void aPacketThatComesAfterItsReportIsReportedAgain() {
        arrivals.onPacket(1, 0);
        arrivals.onPacket(3, 1_000);
        arrivals.write(array, 0, LIMIT, 1, 2);
        arrivals.onPacket(2, 64_000);
        assertThat(heard(arrivals.write(array, 0, LIMIT, 1, 2)))
                .containsExactly(
                        "TWCC 00000001 about 00000002 fb=1 base=2 count=2 reference=64000", "2 +0", "3 +-63000");
    }

    @Test
    void duplicatesAndAncientPacketsAreNoNews() {
        arrivals.onPacket(5_000, 0);
        arrivals.write(array, 0, LIMIT, 1, 2);
        arrivals.onPacket(5_000, 10);
        arrivals.onPacket(5_000 - TransportFeedbackWriter.WINDOW, 20);
        assertThat(arrivals.hasNews()).isFalse();
    }

    @Test
    void aSilenceLongerThanADeltaStartsAnotherReport() {
        arrivals.onPacket(1, 0);
        arrivals.onPacket(2, 9_000_000);
        assertThat(heard(arrivals.write(array, 0, LIMIT, 1, 2))).hasSize(2).endsWith("1 +0");
        assertThat(arrivals.hasNews()).isTrue();
        assertThat(heard(arrivals.write(array, 0, LIMIT, 1, 2))).hasSize(2).endsWith("2 +40000");
        assertThat(arrivals.hasNews()).isFalse();
    }

    @Test
    void aLeapOverTheWholeWindowStartsAnew() {
        arrivals.onPacket(1, 0);
        arrivals.onPacket(100_000, 1_000);
        assertThat(heard(arrivals.write(array, 0, LIMIT, 1, 2)))
                .containsExactly("TWCC 00000001 about 00000002 fb=0 base=34464 count=1 reference=0", "34464 +1000");
    }

    /// Whatever is lost, late or doubled, and however small the room: every arrival is reported to within half
    /// a tick, and nothing is reported that did not arrive.
    @Test
    void reportsAddUpToWhatArrived() {
        for (long seed = 1; seed <= 60; seed++) {
            var random = new Random(seed);
            var unit = new TransportFeedbackWriter();
            var arrived = new TreeMap<Integer, Long>();
            var reported = new TreeMap<Integer, Long>();
            long now = random.nextInt(10_000_000);
            int seq = random.nextInt(65_536);
            for (int i = 0; i < 3000; i++) {
                now += random.nextInt(50) == 0 ? random.nextInt(500_000) : random.nextInt(3_000);
                seq += random.nextInt(20) == 0 ? 1 + random.nextInt(40) : 1;
                int actual = random.nextInt(15) == 0 ? seq - random.nextInt(5) : seq;
                unit.onPacket(actual, now);
                arrived.putIfAbsent(actual, now);
                if (i % 100 == 99 || i == 2999) {
                    int limit = 60 + random.nextInt(1000);
                    while (unit.hasNews()) {
                        int length = unit.write(array, 3, 3 + limit, 1, 2);
                        assertThat(length).as("seed %d", seed).isPositive().isLessThanOrEqualTo(limit);
                        collect(length, seq, reported, seed);
                    }
                }
            }
            assertThat(reported.keySet()).as("seed %d", seed).isEqualTo(arrived.keySet());
            for (var entry : arrived.entrySet()) {
                assertThat(reported.get(entry.getKey()))
                        .as("seed %d, packet %d", seed, entry.getKey())
                        .isBetween(entry.getValue() - 125, entry.getValue() + 125);
            }
        }
    }

    private void collect(int length, int near, Map<Integer, Long> reported, long seed) {
        var visitor = new RtcpVisitor() {
            private long clock;

            @Override
            public void onTransportFeedback(
                    int senderSsrc,
                    int mediaSsrc,
                    int feedbackCount,
                    int baseSeq,
                    int statusCount,
                    long referenceTimeMicros) {
                clock = referenceTimeMicros;
            }

            @Override
            public void onTransportPacket(int seq, boolean received, long deltaMicros) {
                if (received) {
                    clock += deltaMicros;
                    reported.put(near + (short) (seq - near), clock);
                }
            }
        };
        assertThat(RtcpReader.read(array, 3, length, visitor))
                .as("seed %d", seed)
                .isTrue();
    }

    private List<String> heard(int length) {
        var visitor = new RecordingVisitor();
        assertThat(RtcpReader.read(array, 0, length, visitor)).isTrue();
        return visitor.heard;
    }
}
