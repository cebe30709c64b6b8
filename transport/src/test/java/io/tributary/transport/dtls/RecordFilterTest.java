package io.tributary.transport.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordFilterTest {
    private static final byte[] CHANGE = HexFormat.of().parseHex("14fefd0000000000000007000101");
    private static final byte[] FINISHED = HexFormat.of().parseHex("16fefd00010000000000000018" + "ab".repeat(24));

    private final RecordFilter filter = new RecordFilter();

    @Test
    void aWholeFlightInOneDatagramPasses() {
        byte[] flight = join(verify(10, 0, 10), CHANGE, FINISHED);

        assertThat(filter.admit(flight)).isEqualTo(flight.length);
    }

    @Test
    void anEarlyChangeCipherSpecIsCutOffWithWhatFollows() {
        byte[] half = verify(10, 0, 6);

        assertThat(filter.admit(join(half, CHANGE, FINISHED))).isEqualTo(half.length);
        assertThat(filter.admit(CHANGE)).isZero();
        assertThat(filter.admit(verify(10, 6, 4))).isPositive();
        assertThat(filter.admit(CHANGE)).isEqualTo(CHANGE.length);
    }

    @Test
    void aGapIsNotCoverage() {
        filter.admit(verify(10, 6, 4));

        assertThat(filter.admit(CHANGE)).isZero();
        filter.admit(verify(10, 0, 10));
        assertThat(filter.admit(CHANGE)).isEqualTo(CHANGE.length);
    }

    @Test
    void afterTheHandshakePlaintextMustBeARetransmission() {
        byte[] flight = join(verify(10, 0, 10), CHANGE, FINISHED);
        filter.admit(flight);
        filter.finish();

        assertThat(filter.admit(flight)).isEqualTo(flight.length);
        assertThat(filter.admit(verify(11, 0, 11))).isZero();
        byte[] alert = HexFormat.of().parseHex("15fefd000000000000000900020214");
        assertThat(filter.admit(alert)).isZero();
        assertThat(filter.admit(FINISHED)).isEqualTo(FINISHED.length);
    }

    @Test
    void aCiphertextWithoutRoomForItsTagIsNoRecord() {
        byte[] shorter = HexFormat.of().parseHex("17fefd00010000000000000017" + "ab".repeat(23));

        assertThat(filter.admit(shorter)).isZero();
        assertThat(filter.admit(FINISHED)).isEqualTo(FINISHED.length);
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = Long.getLong("test.seed", 6347L);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(80)];
            random.nextBytes(bytes);
            if (bytes.length > 13) {
                bytes[0] = 22;
                bytes[3] = 0;
                bytes[4] = 0;
                bytes[11] = 0;
            }
            assertThat(filter.admit(bytes)).as("seed %d round %d", seed, round).isBetween(0, bytes.length);
        }
    }

    private static byte[] verify(int length, int offset, int fragment) {
        byte[] record = new byte[13 + 12 + fragment];
        record[0] = 22;
        record[12] = (byte) (12 + fragment);
        record[13] = 15;
        record[16] = (byte) length;
        record[21] = (byte) offset;
        record[24] = (byte) fragment;
        return record;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
