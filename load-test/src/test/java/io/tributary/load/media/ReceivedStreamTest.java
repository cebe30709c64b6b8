package io.tributary.load.media;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import org.junit.jupiter.api.Test;

class ReceivedStreamTest {
    private static final int SSRC = 77;
    private static final int PAYLOAD_BYTES = 80;

    private final Tally tally = new Tally();
    private final ReceivedStream stream = new ReceivedStream(MediaKind.AUDIO, SSRC, 1, null, tally);
    private final PacketBuffer buffer = new PacketPool().take();
    private final RtpPacket packet = new RtpPacket();

    @Test
    void nothingIsWrongWithPacketsInOrder() {
        for (int i = 0; i < 100; i++) {
            receive(65_500 + i & 0xFFFF, i);
        }

        assertThat(tally.received).isEqualTo(100);
        assertThat(wrong()).isZero();
    }

    @Test
    void aGapIsMissingUntilItIsFilled() {
        receive(10, 1);
        receive(13, 4);
        assertThat(tally.missing).isEqualTo(2);

        receive(11, 2);

        assertThat(tally.missing).isEqualTo(1);
        assertThat(tally.late).isEqualTo(1);
        assertThat(tally.corrupt).isZero();
    }

    @Test
    void aPacketThatComesTwiceIsADuplicate() {
        receive(10, 1);
        receive(11, 2);
        receive(10, 1);

        assertThat(tally.duplicates).isEqualTo(1);
        assertThat(tally.missing).isZero();
    }

    @Test
    void aPacketFromBeforeTheFirstWasNeverMissing() {
        receive(10, 3);
        receive(9, 2);

        assertThat(tally.missing).isZero();
    }

    @Test
    void anotherSourcesPacketIsCorrupt() {
        receive(10, 1);
        show(11, 2, 99);
        stream.onPacket(packet, 0);

        assertThat(tally.corrupt).isEqualTo(1);
    }

    @Test
    void anOldPacketUnderANewNumberIsCorrupt() {
        receive(10, 5);
        receive(11, 5);

        assertThat(tally.corrupt).isEqualTo(1);
    }

    @Test
    void aDamagedPayloadIsCorrupt() {
        show(10, 1, 1);
        buffer.array()[packet.payloadOffset() + PAYLOAD_BYTES - 1] ^= 1;
        stream.onPacket(packet, 0);

        assertThat(tally.corrupt).isEqualTo(1);
        assertThat(tally.latency.getTotalCount()).isZero();
    }

    @Test
    void latencyIsFromStampToArrival() {
        show(10, 1, 1);
        stream.onPacket(packet, 1_500_000);

        assertThat(tally.latency.getValueAtPercentile(50)).isBetween(499_000L, 501_000L);
    }

    private long wrong() {
        return tally.missing + tally.late + tally.duplicates + tally.corrupt;
    }

    private void receive(int seq, long number) {
        show(seq, number, 1);
        stream.onPacket(packet, 1_000_000);
    }

    private void show(int seq, long number, int source) {
        var header = new RtpHeaderWriter();
        buffer.set(PacketBuffer.HEADROOM, 0);
        header.begin(buffer.array(), buffer.offset(), PacketBuffer.CAPACITY, false, 111, seq, 0, SSRC);
        int payload = buffer.offset() + header.finish();
        TestPayload.write(buffer.array(), payload, PAYLOAD_BYTES, source, 0, number, 1_000_000);
        buffer.length(payload + PAYLOAD_BYTES - buffer.offset());
        assertThat(packet.wrap(buffer, ExtensionMap.EMPTY)).isTrue();
    }
}
