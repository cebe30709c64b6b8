package io.tributary.transport.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RtcpWriterTest {
    private final byte[] array = new byte[1500];
    private final RtcpWriter writer = new RtcpWriter();

    @Test
    void writesASenderReportAsTheRfcLaysItOut() {
        writer.begin(array, 7, array.length);
        assertThat(writer.senderReport(0x11111111, 0xe8f1c2d380000000L, 0x15f90, 1000, 123456))
                .isTrue();
        assertThat(writer.reportBlock(0x22222222, 64, -2, 131070, 291, 0xc2d38000, 0x18000))
                .isTrue();
        assertThat(hex())
                .isEqualTo("81c8000c11111111e8f1c2d38000000000015f90000003e80001e240"
                        + "2222222240fffffe0001fffe00000123c2d3800000018000");
    }

    @Test
    void endsACnameOnAWordWithAtLeastOneZero() {
        for (int length = 0; length < 9; length++) {
            writer.begin(array, 0, array.length);
            assertThat(writer.sdesCname(1, "x".repeat(length).getBytes(StandardCharsets.US_ASCII)))
                    .isTrue();
            assertThat(writer.length() % 4).isZero();
            assertThat(array[writer.length() - 1]).isZero();
            assertThat(writer.length()).isEqualTo(8 + (2 + length + 1 + 3) / 4 * 4);
        }
        writer.begin(array, 0, array.length);
        writer.sdesCname(0xABCD, "abc".getBytes(StandardCharsets.US_ASCII));
        assertThat(hex(0)).isEqualTo("81ca00030000abcd" + "0103616263" + "000000");
    }

    @Test
    void packsMissingNumbersIntoPairs() {
        writer.begin(array, 7, array.length);
        assertThat(writer.nack(1, 2, new int[] {65534, 65535, 0, 14, 15, 16, 400}, 7))
                .isTrue();
        assertThat(hex())
                .as("65534 and 65535, 0, 14 within 16 of it; 15 is 17 away; 400")
                .isEqualTo("81cd0005" + "00000001" + "00000002" + "fffe8003" + "000f0001" + "01900000");
    }

    @Test
    void everyPackedNumberComesOutAgain() {
        long seed = 5;
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            var wanted = new TreeSet<Integer>();
            int base = random.nextInt(65_536);
            int count = 1 + random.nextInt(60);
            for (int i = 0; i < count; i++) {
                wanted.add(random.nextInt(200));
            }
            int[] seqs = wanted.stream().mapToInt(i -> base + i & 0xFFFF).toArray();
            writer.begin(array, 7, array.length);
            assertThat(writer.nack(1, 2, seqs, seqs.length)).isTrue();
            var told = new TreeSet<Integer>();
            RtcpReader.read(array, 7, writer.length(), new RtcpVisitor() {
                @Override
                public void onNack(int senderSsrc, int mediaSsrc, int pid, int blp) {
                    told.add(pid - base & 0xFFFF);
                    for (int i = 0; i < 16; i++) {
                        if ((blp >>> i & 1) != 0) {
                            told.add(pid + 1 + i - base & 0xFFFF);
                        }
                    }
                }
            });
            assertThat(told).as("seed %d, round %d", seed, round).isEqualTo(wanted);
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        writer.begin(array, 7, array.length);
        writer.receiverReport(1);
        writer.reportBlock(2, 300, 0x1000000, 0xFFFF_FFFFL, 5, 6, 7);
        writer.sdesCname(1, "somebody".getBytes(StandardCharsets.UTF_8));
        writer.pli(1, 2);
        writer.fir(1, 3, 255);
        writer.bye(4);
        var visitor = new RecordingVisitor();
        assertThat(RtcpReader.read(array, 7, writer.length(), visitor)).isTrue();
        assertThat(visitor.heard)
                .containsExactly(
                        "block 00000001 about 00000002 fraction=255 lost=8388607 highest=4294967295 jitter=5"
                                + " lsr=00000006 dlsr=00000007",
                        "other 202/1",
                        "PLI 00000002",
                        "FIR 00000003 seq=255",
                        "BYE 00000004");
    }

    @Test
    void aReportTakesThirtyOneBlocksAndNoMore() {
        writer.begin(array, 0, array.length);
        writer.receiverReport(1);
        for (int i = 0; i < RtcpWriter.MAX_REPORT_BLOCKS; i++) {
            assertThat(writer.reportBlock(i, 0, 0, 0, 0, 0, 0)).isTrue();
        }
        assertThat(writer.reportBlock(99, 0, 0, 0, 0, 0, 0)).isFalse();
        var visitor = new RecordingVisitor();
        assertThat(RtcpReader.read(array, 0, writer.length(), visitor)).isTrue();
        assertThat(visitor.heard).hasSize(RtcpWriter.MAX_REPORT_BLOCKS);
    }

    @Test
    void whatDoesNotFitIsNotWrittenAtAll() {
        for (int room = 0; room < 120; room++) {
            byte[] small = new byte[room + 8];
            writer.begin(small, 0, room);
            writer.senderReport(1, 2, 3, 4, 5);
            if (writer.length() > 0) {
                writer.reportBlock(1, 2, 3, 4, 5, 6, 7);
            }
            writer.sdesCname(1, new byte[5]);
            writer.nack(1, 2, new int[] {1, 50, 100}, 3);
            writer.pli(1, 2);
            writer.fir(1, 2, 3);
            writer.bye(1);
            assertThat(writer.length()).isLessThanOrEqualTo(room);
            assertThat(writer.length() == 0 || RtcpReader.read(small, 0, writer.length(), new RecordingVisitor()))
                    .as("room for %d bytes", room)
                    .isTrue();
        }
    }

    private String hex() {
        return hex(7);
    }

    private String hex(int from) {
        return HexFormat.of().formatHex(array, from, from + writer.length());
    }
}
