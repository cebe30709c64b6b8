package io.tributary.load.media;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestPayloadTest {
    private static final int OFFSET = 7;
    private static final int LENGTH = 900;

    @Test
    void saysWhatWasWritten() {
        byte[] packet = written(123_456_789L);

        assertThat(TestPayload.isIntact(packet, OFFSET, LENGTH)).isTrue();
        assertThat(TestPayload.source(packet, OFFSET)).isEqualTo(40_000);
        assertThat(TestPayload.layer(packet, OFFSET)).isEqualTo(2);
        assertThat(TestPayload.number(packet, OFFSET)).isEqualTo(123_456_789L);
        assertThat(TestPayload.sentNanos(packet, OFFSET)).isEqualTo(42);
    }

    @Test
    void anyChangedByteOfThePatternIsSeen() {
        for (int i = TestPayload.HEADER_BYTES; i < LENGTH; i++) {
            byte[] packet = written(5);
            packet[OFFSET + i] ^= 1;

            assertThat(TestPayload.isIntact(packet, OFFSET, LENGTH))
                    .as("byte %d", i)
                    .isFalse();
        }
    }

    @Test
    void aPayloadCutShortOfItsHeaderIsNotIntact() {
        assertThat(TestPayload.isIntact(written(5), OFFSET, TestPayload.HEADER_BYTES - 1))
                .isFalse();
    }

    @Test
    void neighboursHaveDifferentPatterns() {
        byte[] packet = written(5);
        System.arraycopy(written(6), OFFSET, packet, OFFSET, TestPayload.HEADER_BYTES);

        assertThat(TestPayload.isIntact(packet, OFFSET, LENGTH)).isFalse();
    }

    private static byte[] written(long number) {
        byte[] packet = new byte[OFFSET + LENGTH];
        TestPayload.write(packet, OFFSET, LENGTH, 40_000, 2, number, 42);
        return packet;
    }
}
