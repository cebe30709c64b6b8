package io.tributary.transport.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcpReaderTest {
    private final RecordingVisitor visitor = new RecordingVisitor();

    @Test
    void readsASenderReportWithItsBlocks() {
        assertThat(read("""
                81 c8 000c 11111111
                e8f1c2d3 80000000 00015f90 000003e8 0001e240
                22222222 40 fffffe 0001fffe 00000123 c2d38000 00018000
                """)).isTrue();
        assertThat(visitor.heard)
                .containsExactly(
                        "SR 11111111 ntp=e8f1c2d380000000 rtp=00015f90 packets=1000 octets=123456",
                        "block 11111111 about 22222222 fraction=64 lost=-2 highest=131070 jitter=291 lsr=c2d38000"
                                + " dlsr=00018000");
    }

    @Test
    void readsACompoundOfEverythingAClientSends() {
        assertThat(read("""
                80 c9 0001 00000001
                81 ca 0003 00000001 01 03 616263 000000
                81 cd 0003 00000001 00000002 0064 8001
                81 ce 0002 00000001 00000002
                84 ce 0004 00000001 00000000 00000003 07000000
                8f ce 0005 00000001 00000000 52454d42 01 0003e8 00000002
                81 cb 0001 00000004
                80 cf 0001 00000001
                """)).isTrue();
        assertThat(visitor.heard)
                .containsExactly(
                        "other 202/1",
                        "NACK 00000001 of 00000002 pid=100 blp=8001",
                        "PLI 00000002",
                        "FIR 00000003 seq=7",
                        "other 206/15",
                        "BYE 00000004",
                        "other 207/0");
    }

    @Test
    void readsTransportWideFeedbackOfAllChunkKinds() {
        // 3 small in a run, 14 in one-bit symbols (first and last received), 7 in two-bit symbols (small, large,
        // lost, large, reserved, lost, small)
        assertThat(read("""
                af cd 0009 0000aaaa 0000bbbb
                fffe 0018 000002 05
                2003 a001 d893
                """.replace("d893", twoBits(1, 2, 0, 2, 3, 0, 1)) + """
                01 02 03
                04 05
                06 ff38 0400 07
                """ + "00 00 03"))
                .isTrue();
        assertThat(visitor.heard)
                .startsWith(
                        "TWCC 0000aaaa about 0000bbbb fb=5 base=65534 count=24 reference=128000",
                        "65534 +250",
                        "65535 +500",
                        "0 +750",
                        "1 +1000",
                        "2 lost")
                .endsWith(
                        "14 +1250", "15 +1500", "16 +-50000", "17 lost", "18 +256000", "19 lost", "20 lost", "21 +1750")
                .hasSize(25);
    }

    @Test
    void refusesBrokenChainsBeforeSayingAnything() {
        String pli = "81 ce 0002 00000001 00000002";
        assertThat(read("")).isFalse();
        assertThat(read(pli + "81 ce 00")).as("a cut header").isFalse();
        assertThat(read(pli + "81 ce 0003 00000001 00000002")).as("a cut body").isFalse();
        assertThat(read(pli + "41 ce 0002 00000001 00000002")).as("version 1").isFalse();
        assertThat(read("a1 ce 0003 00000001 00000002 00000004" + pli))
                .as("padding in front")
                .isFalse();
        assertThat(read("a1 ce 0002 00000001 00000000"))
                .as("padding of nothing")
                .isFalse();
        assertThat(read("a1 ce 0002 00000001 0000000c"))
                .as("padding over the header")
                .isFalse();
        assertThat(visitor.heard).isEmpty();
    }

    @Test
    void refusesBodiesThatAreTooShortForWhatTheyAnnounce() {
        assertThat(read("82 c9 0007 00000001" + "00".repeat(24)))
                .as("two blocks")
                .isFalse();
        assertThat(read("80 c8 0001 00000001")).as("sender report").isFalse();
        assertThat(read("82 cb 0001 00000001")).as("BYE of two").isFalse();
        assertThat(read("81 cd 0001 00000001")).as("NACK").isFalse();
        assertThat(read("81 ce 0001 00000001")).as("PLI").isFalse();
        assertThat(read("8f cd 0004 00000001 00000002 0000 0001 000000 00"))
                .as("no chunk")
                .isFalse();
        assertThat(read("8f cd 0005 00000001 00000002 0000 0004 000000 00 2003 4001"))
                .as("no deltas")
                .isFalse();
        assertThat(read("8f cd 0005 00000001 00000002 0000 0004 000000 00 0000 0000"))
                .as("empty runs")
                .isFalse();
        assertThat(visitor.heard).isEmpty();
    }

    @Test
    void aDatagramOfLossRunsCostsNoMoreThanTheBound() {
        String feedback = "8f cd 0005 00000001 00000002 0000 1fff 000000 00 1fff 0000";
        assertThat(read(feedback)).isTrue();
        assertThat(read(feedback.repeat(60))).isFalse();
        assertThat(visitor.calls).isLessThanOrEqualTo(2 * (RtcpReader.MAX_TRANSPORT_STATUSES + 1));
        assertThat(read("8f cd 0005 00000001 00000002 0000 ffff 000000 00 1fff 1fff"))
                .isFalse();
    }

    @Test
    void neverThrowsWhateverTheBytes() {
        long seed = 20261121;
        var random = new Random(seed);
        int[] types = {200, 201, 202, 203, 205, 206, 207};
        for (int round = 0; round < 200_000; round++) {
            byte[] packet = new byte[random.nextInt(100)];
            random.nextBytes(packet);
            int at = 0;
            while (at + 4 <= packet.length) {
                int words = random.nextInt(8);
                packet[at] = (byte) (0x80 | (packet[at] & (random.nextInt(8) == 0 ? 0x3F : 0x1F)));
                packet[at + 1] = (byte) types[random.nextInt(types.length)];
                packet[at + 2] = 0;
                packet[at + 3] = (byte) words;
                if (random.nextInt(3) == 0) {
                    packet[at] = (byte) 0x8F;
                    packet[at + 1] = (byte) 205;
                }
                at += 4 + 4 * words;
            }
            var counting = new RtcpVisitor() {};
            int cut = random.nextInt(10) == 0 ? packet.length : packet.length / 4 * 4;
            try {
                RtcpReader.read(packet, 0, cut, counting);
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round + ": " + Arrays.toString(packet), e);
            }
        }
    }

    private boolean read(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        byte[] array = new byte[bytes.length + 10];
        System.arraycopy(bytes, 0, array, 5, bytes.length);
        return RtcpReader.read(array, 5, bytes.length, visitor);
    }

    private static String twoBits(int... symbols) {
        int chunk = 0xC000;
        for (int i = 0; i < 7; i++) {
            chunk |= symbols[i] << (12 - 2 * i);
        }
        return HexFormat.of().toHexDigits((short) chunk);
    }
}
