package io.tributary.transport.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtpPacketTest {
    private static final ExtensionMap EXTENSIONS =
            new ExtensionMap(Map.of(HeaderExtension.MID, 1, HeaderExtension.AUDIO_LEVEL, 3, HeaderExtension.RID, 20));

    private final PacketBuffer buffer = new PacketPool().take();
    private final RtpPacket packet = new RtpPacket();

    @Test
    void readsTheFixedHeader() {
        assertThat(wrap("80 e0 1234 89abcdef fedcba98 010203")).isTrue();
        assertThat(packet.marker()).isTrue();
        assertThat(packet.payloadType()).isEqualTo(96);
        assertThat(packet.seq()).isEqualTo(0x1234);
        assertThat(packet.timestampTicks()).isEqualTo(0x89abcdef);
        assertThat(packet.ssrc()).isEqualTo(0xfedcba98);
        assertThat(packet.payloadLength()).isEqualTo(3);
        assertThat(packet.array()[packet.payloadOffset()]).isEqualTo((byte) 1);
        assertThat(packet.firstElement()).isEqualTo(-1);
        assertThat(packet.sizeBytes()).isEqualTo(15);
    }

    @Test
    void stepsOverContributingSourcesAndPadding() {
        assertThat(wrap("a2 60 0001 00000000 00000001 00000002 00000003 aabb 000003"))
                .isTrue();
        assertThat(packet.payloadLength()).isEqualTo(2);
        assertThat(packet.paddingLength()).isEqualTo(3);
        assertThat(packet.array()[packet.payloadOffset()]).isEqualTo((byte) 0xaa);
    }

    @Test
    void aPacketOfNothingButPaddingHasNoPayload() {
        assertThat(wrap("a0 60 0001 00000000 00000001 00000004")).isTrue();
        assertThat(packet.payloadLength()).isZero();
        assertThat(packet.paddingLength()).isEqualTo(4);
    }

    @Test
    void findsOneByteExtensionsAmongPadding() {
        assertThat(wrap("90 60 0001 00000000 00000001 bede 0002 00 11 3031 00 30 aa 00 ff"))
                .isTrue();
        assertThat(found(HeaderExtension.MID)).isEqualTo("3031");
        assertThat(found(HeaderExtension.AUDIO_LEVEL)).isEqualTo("aa");
        assertThat(packet.find(HeaderExtension.RID)).isEqualTo(-1);
        assertThat(packet.payloadLength()).isEqualTo(1);
    }

    @Test
    void findsTwoByteExtensionsEvenEmptyOnes() {
        assertThat(wrap("90 60 0001 00000000 00000001 1005 0002 1402 6869 0300 0000 ff"))
                .isTrue();
        assertThat(found(HeaderExtension.RID)).isEqualTo("6869");
        assertThat(found(HeaderExtension.AUDIO_LEVEL)).isEmpty();
        assertThat(packet.find(HeaderExtension.MID)).isEqualTo(-1);
    }

    @Test
    void identifierFifteenEndsTheOneByteForm() {
        assertThat(wrap("90 60 0001 00000000 00000001 bede 0001 f0 30 aa 00")).isTrue();
        assertThat(packet.find(HeaderExtension.AUDIO_LEVEL)).isEqualTo(-1);
    }

    @Test
    void anElementThatRunsOverTheEndIsNotThere() {
        assertThat(wrap("90 60 0001 00000000 00000001 bede 0001 30 aa 1f 00 ffffffff"))
                .isTrue();
        assertThat(found(HeaderExtension.AUDIO_LEVEL)).isEqualTo("aa");
        assertThat(packet.find(HeaderExtension.MID)).isEqualTo(-1);
    }

    @Test
    void anUnknownProfileIsSteppedOver() {
        assertThat(wrap("90 60 0001 00000000 00000001 abcd 0001 30 aa 00 00 ff"))
                .isTrue();
        assertThat(packet.firstElement()).isEqualTo(-1);
        assertThat(packet.payloadLength()).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoRtpPacket() {
        assertThat(wrap("")).isFalse();
        assertThat(wrap("80 60 0001 00000000 000000")).as("eleven bytes").isFalse();
        assertThat(wrap("40 60 0001 00000000 00000001")).as("version 1").isFalse();
        assertThat(wrap("8f 60 0001 00000000 00000001")).as("no room for CSRCs").isFalse();
        assertThat(wrap("90 60 0001 00000000 00000001 bede"))
                .as("half an extension header")
                .isFalse();
        assertThat(wrap("90 60 0001 00000000 00000001 bede ffff 00"))
                .as("endless extension")
                .isFalse();
        assertThat(wrap("a0 60 0001 00000000 00000001 00"))
                .as("padding of nothing")
                .isFalse();
        assertThat(wrap("a0 60 0001 00000000 00000001 09"))
                .as("padding over the header")
                .isFalse();
        assertThat(wrap("a0 60 0001 00000000 00000001"))
                .as("padding without a byte")
                .isFalse();
    }

    @Test
    void neverThrowsAndNeverPointsOutsideWhateverTheBytes() {
        long seed = 8;
        var random = new Random(seed);
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 16) {
                bytes[0] = (byte) (0x80 | (bytes[0] & 0x33));
                int extension = 12 + 4 * (bytes[0] & 0x0F);
                if (extension + 4 < bytes.length && random.nextBoolean()) {
                    bytes[extension] = (byte) (random.nextBoolean() ? 0xBE : 0x10);
                    bytes[extension + 1] = (byte) (bytes[extension] == 0x10 ? 0 : 0xDE);
                    bytes[extension + 2] = 0;
                    bytes[extension + 3] = (byte) random.nextInt(8);
                }
            }
            if (!wrap(bytes)) {
                continue;
            }
            String what = "seed " + seed + ", round " + round;
            assertThat(packet.payloadOffset()).as(what).isBetween(buffer.offset() + 12, buffer.end());
            assertThat(packet.payloadOffset() + packet.payloadLength() + packet.paddingLength())
                    .as(what)
                    .isEqualTo(buffer.end());
            int elements = 0;
            for (int e = packet.firstElement(); e >= 0; e = packet.nextElement(e)) {
                assertThat(packet.elementData(e) + packet.elementLength(e))
                        .as(what)
                        .isLessThanOrEqualTo(packet.payloadOffset());
                elements++;
            }
            assertThat(elements).as(what).isLessThan(64);
            for (HeaderExtension extension : HeaderExtension.values()) {
                assertThat(packet.find(extension)).as(what).isGreaterThanOrEqualTo(-1);
            }
        }
    }

    private String found(HeaderExtension extension) {
        int found = packet.find(extension);
        assertThat(found).isNotNegative();
        return HexFormat.of().formatHex(packet.array(), found >>> 8, (found >>> 8) + (found & 0xFF));
    }

    private boolean wrap(String hex) {
        return wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private boolean wrap(byte[] bytes) {
        buffer.set(PacketBuffer.HEADROOM, bytes.length);
        System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
        return packet.wrap(buffer, EXTENSIONS);
    }
}
