package io.tributary.transport.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtpHeaderWriterTest {
    private static final int OFFSET = 9;

    private final byte[] array = new byte[1500];
    private final RtpHeaderWriter writer = new RtpHeaderWriter();

    @Test
    void withoutExtensionsTheHeaderIsTwelveBytes() {
        begin(array.length);
        assertThat(hex(writer.finish())).isEqualTo("80e0123489abcdeffedcba98");
    }

    @Test
    void shortElementsGoOutInTheOneByteForm() {
        begin(array.length);
        assertThat(append(1, "0")).isTrue();
        assertThat(append(14, "0123456789abcdef")).isTrue();
        assertThat(hex(writer.finish()).substring(24))
                .isEqualTo("bede0005" + "1030" + "ef30313233343536373839616263646566" + "00");
    }

    @Test
    void aHighIdTurnsTheWholeHeaderIntoTheTwoByteForm() {
        begin(array.length);
        append(1, "ab");
        append(2, "c");
        append(15, "d");
        append(3, "");
        assertThat(hex(writer.finish()).substring(24))
                .isEqualTo("10000003" + "01026162" + "020163" + "0f0164" + "0300");
    }

    @Test
    void aLongElementDoesSoToo() {
        begin(array.length);
        append(1, "ab");
        append(2, "0123456789abcdefX");
        assertThat(hex(writer.finish()).substring(24))
                .isEqualTo("10000006" + "01026162" + "0211" + "3031323334353637383961626364656658" + "00");
    }

    @Test
    void theFormIsChosenAnewForEachHeader() {
        begin(array.length);
        append(200, "a");
        writer.finish();
        begin(array.length);
        append(1, "a");
        assertThat(hex(writer.finish()).substring(24)).isEqualTo("bede0001" + "1061" + "0000");
    }

    @Test
    void refusesWhatHasNoForm() {
        begin(array.length);
        assertThat(append(0, "a")).isFalse();
        assertThat(append(256, "a")).isFalse();
        assertThat(append(1, "x".repeat(256))).isFalse();
        assertThat(writer.finish()).isEqualTo(12);
    }

    /// Whatever is appended into however little room: what was taken is read back, in order, and nothing is written
    /// beyond the limit.
    @Test
    void theFlyweightReadsBackWhatWasTaken() {
        long seed = 77;
        var random = new Random(seed);
        PacketBuffer buffer = new PacketPool().take();
        var packet = new RtpPacket();
        for (int round = 0; round < 20_000; round++) {
            int room = 12 + random.nextInt(200);
            boolean small = random.nextBoolean();
            List<String> taken = new ArrayList<>();
            array[OFFSET + room] = 0x55;
            begin(OFFSET + room);
            for (int i = random.nextInt(40); i > 0; i--) {
                int id = small ? 1 + random.nextInt(14) : random.nextInt(256);
                String data = "x".repeat(small ? 1 + random.nextInt(5) : random.nextInt(20));
                if (append(id, data)) {
                    taken.add(id + "=" + data);
                }
            }
            int length = writer.finish();
            String what = "seed " + seed + ", round " + round;
            assertThat(length).as(what).isLessThanOrEqualTo(room);
            assertThat(array[OFFSET + room]).as(what).isEqualTo((byte) 0x55);
            System.arraycopy(array, OFFSET, buffer.array(), PacketBuffer.HEADROOM, length);
            buffer.set(PacketBuffer.HEADROOM, length);
            assertThat(packet.wrap(buffer, ExtensionMap.EMPTY)).as(what).isTrue();
            assertThat(packet.payloadLength()).as(what).isZero();
            List<String> read = new ArrayList<>();
            for (int e = packet.firstElement(); e >= 0; e = packet.nextElement(e)) {
                int data = packet.elementData(e);
                read.add(packet.elementId(e) + "="
                        + new String(packet.array(), data, packet.elementLength(e), StandardCharsets.US_ASCII));
            }
            assertThat(read).as(what).isEqualTo(taken);
        }
    }

    private void begin(int limit) {
        writer.begin(array, OFFSET, limit, true, 96, 0x1234, 0x89abcdef, 0xfedcba98);
    }

    private boolean append(int id, String data) {
        byte[] bytes = data.getBytes(StandardCharsets.US_ASCII);
        return writer.append(id, bytes, 0, bytes.length);
    }

    private String hex(int length) {
        return HexFormat.of().formatHex(array, OFFSET, OFFSET + length);
    }
}
