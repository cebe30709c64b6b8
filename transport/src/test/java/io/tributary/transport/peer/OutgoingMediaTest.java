package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimRtcp.ReportBlock;
import io.tributary.transport.sim.SimRtp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is sent to a client, as the client gets to see it, and what comes back.
class OutgoingMediaTest extends PeerScenario {
    private static final int SSRC = 0x0A0B_0C0D;
    private static final int REPAIR_SSRC = 0x0102_0304;
    private static final int CLIENT_SSRC = 1;
    private static final int THEIR_MID_ID = 9;
    private static final int THEIR_ORIENTATION_ID = 5;
    private static final int THEIR_CC_ID = 6;
    private static final int THEIR_TIME_ID = 7;
    private static final int THEIR_DESCRIPTOR_ID = 8;

    private final List<Integer> nacked = new ArrayList<>();
    private int keyframeRequests;
    private final OutgoingHeader header = new OutgoingHeader();

    @SuppressWarnings("NullAway.Init") // by connectedAndSending
    private OutgoingStream stream;

    private final OutgoingFeedback feedback = new OutgoingFeedback() {
        @Override
        public void onNack(long nowMicros, int seq) {
            nacked.add(seq);
        }

        @Override
        public void onKeyframeRequest(long nowMicros) {
            keyframeRequests++;
        }
    };

    @BeforeEach
    void connectedAndSending() {
        connect();
        onLoop(() -> stream = peer.send(media(SSRC, REPAIR_SSRC), feedback));
    }

    @Test
    void writesTheForwardersNumbersAroundTheSourcesPayload() {
        header.replacedBytes = 2;
        header.prefixBytes = 3;
        header.prefix[0] = 21;
        header.prefix[1] = 22;
        header.prefix[2] = 23;
        header.marker = true;
        send(700, 123_456, new SimRtp(VP8, 5, 99, 55, new byte[] {1, 2, 3, 4, 5}));
        world.runForMillis(100);
        assertThat(client.received()).singleElement().satisfies(packet -> {
            assertThat(packet.payloadType()).isEqualTo(VP8);
            assertThat(packet.seq()).isEqualTo(700);
            assertThat(packet.timestampTicks()).isEqualTo(123_456);
            assertThat(packet.ssrc()).isEqualTo(SSRC);
            assertThat(packet.marker()).isTrue();
            assertThat(packet.payload()).containsExactly(21, 22, 23, 3, 4, 5);
            assertThat(packet.paddingBytes()).isZero();
        });
    }

    @Test
    void copiesEndToEndExtensionsUnderTheReceiversIdsAndNoOthers() {
        send(
                1,
                0,
                new SimRtp(VP8, 5, 99, 55, new byte[10])
                        .with(MID_ID, "theirs".getBytes(UTF_8))
                        .with(RID_ID, "q".getBytes(UTF_8))
                        .with(AUDIO_LEVEL_ID, new byte[] {5})
                        .with(TRANSPORT_CC_ID, new byte[] {1, 2})
                        .with(12, new byte[] {77})
                        .with(ORIENTATION_ID, new byte[] {3}));
        world.runForMillis(100);
        SimRtp packet = client.received().getFirst();
        assertThat(packet.extensions().keySet())
                .containsExactlyInAnyOrder(THEIR_MID_ID, THEIR_ORIENTATION_ID, THEIR_CC_ID, THEIR_TIME_ID);
        assertThat(packet.extension(THEIR_MID_ID)).isEqualTo("7".getBytes(UTF_8));
        assertThat(packet.extension(THEIR_ORIENTATION_ID)).containsExactly(3);
    }

    @Test
    void usesTwoByteHeadersForALongExtension() {
        var withDescriptor = new ExtensionMap(Map.of(HeaderExtension.DEPENDENCY_DESCRIPTOR, 12));
        byte[] descriptor = new byte[60];
        descriptor[59] = 9;
        System.arraycopy(descriptor, 0, header.descriptor, 0, descriptor.length);
        header.descriptorBytes = descriptor.length;
        onLoop(() -> {
            PacketBuffer buffer = server.pool().take();
            byte[] bytes = new SimRtp(VP8, 5, 99, 55, new byte[10])
                    .with(12, new byte[] {1, 2, 3})
                    .encode();
            System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
            buffer.length(bytes.length);
            var source = new RtpPacket();
            assertThat(source.wrap(buffer, withDescriptor)).isTrue();
            stream.send(world.nowMicros(), source, header);
            buffer.release();
        });
        world.runForMillis(100);
        assertThat(client.received().getFirst().extension(THEIR_DESCRIPTOR_ID)).isEqualTo(descriptor);
        assertThat(client.received().getFirst().extension(THEIR_MID_ID)).isEqualTo("7".getBytes(UTF_8));
    }

    @Test
    void numbersAllStreamsTransportWideAndStampsTheTime() {
        var other = new OutgoingStream[1];
        onLoop(() -> other[0] = peer.send(media(99, 0), feedback));
        for (int i = 0; i < 6; i++) {
            OutgoingStream to = i % 2 == 0 ? stream : other[0];
            header.seq = i;
            onLoop(() -> withSource(
                    new SimRtp(VP8, 5, 99, 55, new byte[10]), source -> to.send(world.nowMicros(), source, header)));
            world.runForMillis(10);
        }
        onLoop(() -> withSource(
                new SimRtp(VP8, 5, 99, 55, new byte[10]), source -> stream.resend(world.nowMicros(), source, header)));
        world.runForMillis(100);
        assertThat(client.received())
                .extracting(p -> (int) ByteBuffer.wrap(p.extension(THEIR_CC_ID)).getShort())
                .containsExactly(0, 1, 2, 3, 4, 5, 6);
        int[] times = client.received().stream()
                .mapToInt(p -> ByteBuffer.wrap(new byte[4])
                        .put(1, p.extension(THEIR_TIME_ID))
                        .getInt(0))
                .toArray();
        // Ten milliseconds in units of 2^-18 s, on a clock that wraps every 64 s.
        assertThat((times[1] - times[0]) & 0xFFFFFF).isBetween(2_621, 2_622);
    }

    @Test
    void saysTheMidUntilTheReceiverHasReported() {
        send(1, 0);
        world.runForMillis(100);
        client.sendRtcp(SimRtcp.receiverReport(CLIENT_SSRC, new ReportBlock(SSRC + 1, 0, 0, 1, 0, 0, 0)));
        world.runForMillis(100);
        send(2, 0);
        world.runForMillis(100);
        client.sendRtcp(SimRtcp.receiverReport(CLIENT_SSRC, new ReportBlock(SSRC, 0, 0, 1, 0, 0, 0)));
        world.runForMillis(100);
        send(3, 0);
        world.runForMillis(100);
        assertThat(client.received())
                .extracting(p -> p.extensions().containsKey(THEIR_MID_ID))
                .containsExactly(true, true, false);
    }

    @Test
    void passesNacksOnAndResendsOnTheRepairStream() {
        send(700, 3_000);
        send(701, 3_000);
        world.runForMillis(100);
        client.sendRtcp(SimRtcp.nack(CLIENT_SSRC, SSRC, 700, 701));
        world.runForMillis(100);
        assertThat(nacked).containsExactly(700, 701);
        header.seq = 700;
        header.marker = true;
        onLoop(() -> withSource(new SimRtp(VP8, 5, 99, 55, new byte[] {1, 2, 3}), source -> {
            stream.resend(world.nowMicros(), source, header);
            stream.resend(world.nowMicros(), source, header);
        }));
        world.runForMillis(100);
        SimRtp first = client.received().get(2);
        SimRtp second = client.received().get(3);
        assertThat(first.ssrc()).isEqualTo(REPAIR_SSRC);
        assertThat(first.payloadType()).isEqualTo(RTX);
        assertThat(first.marker()).isTrue();
        assertThat(first.timestampTicks()).isEqualTo(3_000);
        assertThat(first.payload()).containsExactly(700 >>> 8, 700 & 0xFF, 1, 2, 3);
        assertThat(second.seq()).isEqualTo((first.seq() + 1) & 0xFFFF);
        assertThat(client.refused()).isZero();
    }

    @Test
    void readsTheMaskOfANack() {
        byte[] nack = SimRtcp.nack(CLIENT_SSRC, SSRC, 65_530);
        nack[14] = (byte) 0x80; // 16 behind
        nack[15] = (byte) 0x21; // 1 and 6 behind
        client.sendRtcp(nack);
        world.runForMillis(100);
        assertThat(nacked).containsExactly(65_530, 65_531, 0, 10);
    }

    @Test
    void boundsWhatOneNackMayAskFor() {
        byte[] nack = SimRtcp.nack(
                CLIENT_SSRC, SSRC, IntStream.range(0, 200).map(i -> i * 17).toArray());
        for (int at = 14; at < nack.length; at += 4) {
            nack[at] = (byte) 0xFF;
            nack[at + 1] = (byte) 0xFF;
        }
        client.sendRtcp(nack);
        world.runForMillis(100);
        assertThat(nacked).hasSize(RtcpReceiver.MAX_NACKED);
        assertThat(server.drops(PeerDrop.FEEDBACK_BUDGET)).isPositive();
    }

    @Test
    void repeatsNoNumberWithoutARepairStream() {
        var bare = new OutgoingStream[1];
        onLoop(() -> bare[0] = peer.send(media(99, 0), feedback));
        onLoop(() -> withSource(
                new SimRtp(VP8, 5, 99, 55, new byte[3]), source -> bare[0].resend(world.nowMicros(), source, header)));
        world.runForMillis(100);
        assertThat(client.received()).isEmpty();
        assertThat(server.drops(PeerDrop.NOT_REPEATABLE)).isEqualTo(1);
    }

    @Test
    void takesRepetitionsOfOneFirForOneRequest() {
        client.sendRtcp(SimRtcp.pli(CLIENT_SSRC, SSRC));
        client.sendRtcp(SimRtcp.fir(CLIENT_SSRC, SSRC, 7));
        client.sendRtcp(SimRtcp.fir(CLIENT_SSRC, SSRC, 7));
        client.sendRtcp(SimRtcp.fir(CLIENT_SSRC, SSRC, 8));
        client.sendRtcp(SimRtcp.pli(CLIENT_SSRC, SSRC + 1));
        world.runForMillis(100);
        assertThat(keyframeRequests).isEqualTo(3);
    }

    @Test
    void reportsUnderThePublishersClockAndCountsItsOwnPackets() {
        onLoop(() -> stream.sendSenderReport(world.nowMicros(), 1, 1)); // nothing sent yet: nothing to report
        send(1, 0, new SimRtp(VP8, 5, 99, 55, new byte[100]));
        send(2, 0, new SimRtp(VP8, 5, 99, 55, new byte[50]));
        long ntp = 0xE000_0001_8000_0000L;
        onLoop(() -> stream.sendSenderReport(world.nowMicros(), ntp, 4_711));
        world.runForMillis(100);
        List<SimRtcp> reports = client.reports();
        assertThat(reports).extracting(SimRtcp::type).containsExactly(SimRtcp.SENDER_REPORT, SimRtcp.SDES);
        ByteBuffer report = ByteBuffer.wrap(reports.getFirst().body());
        assertThat(report.getInt()).isEqualTo(SSRC);
        assertThat(report.getLong()).isEqualTo(ntp);
        assertThat(report.getInt()).isEqualTo(4_711);
        assertThat(report.getInt()).isEqualTo(2);
        assertThat(report.getInt()).isEqualTo(150);
        assertThat(new String(reports.get(1).body(), UTF_8)).contains("PA_a|TR_b");
    }

    @Test
    void measuresTheRoundTripByAnswersToItsReports() {
        world.network().link(client.address(), server.address(0)).delayMillis(40);
        send(1, 0);
        for (int i = 0; i < 3; i++) {
            long ntp = 0xE000_0001_8000_0000L + ((long) i << 32);
            onLoop(() -> stream.sendSenderReport(world.nowMicros(), ntp, 0));
            world.runForMillis(10 + 500);
            int held = 65_536 / 2; // half a second since it arrived
            client.sendRtcp(
                    SimRtcp.receiverReport(CLIENT_SSRC, new ReportBlock(SSRC, 0, 0, 1, 0, (int) (ntp >>> 16), held)));
            world.runForMillis(500);
        }
        assertThat(stream.roundTripMicros()).isBetween(49_000L, 51_000L);
        client.sendRtcp(SimRtcp.receiverReport(CLIENT_SSRC, new ReportBlock(SSRC, 0, 0, 1, 0, 0x1234, 0)));
        world.runForMillis(100);
        assertThat(stream.roundTripMicros()).isBetween(49_000L, 51_000L); // an answer to nothing tells nothing
    }

    @Test
    void knowsTheLossOfTheLatestInterval() {
        send(1, 0);
        report(100, 0);
        report(200, 10);
        assertThat(takeQuality().downlinkLossPercent()).isEqualTo(10);
        report(300, 10);
        assertThat(takeQuality().downlinkLossPercent()).isZero();
    }

    @Test
    void sendsNothingBeforeItIsConnectedAndAfterItIsClosed() {
        onLoop(stream::close);
        send(1, 0);
        client.sendRtcp(SimRtcp.pli(CLIENT_SSRC, SSRC));
        world.runForMillis(100);
        assertThat(client.received()).isEmpty();
        assertThat(keyframeRequests).isZero();

        var early = new SimPeer(world, "bob", SimPeer.address("198.51.100.8", 40_001));
        PeerTransport earlyPeer = server.connect(early, new Events());
        onLoop(() -> {
            OutgoingStream earlyStream = earlyPeer.send(media(5, 6), feedback);
            withSource(
                    new SimRtp(VP8, 5, 99, 55, new byte[3]),
                    source -> earlyStream.send(world.nowMicros(), source, header));
        });
        world.runForMillis(500);
        assertThat(early.received()).isEmpty();
        assertThat(server.drops(PeerDrop.NOT_CONNECTED)).isEqualTo(2);
    }

    @Test
    void refusesAnSsrcThatIsInUse() {
        onLoop(() -> assertThatThrownBy(() -> peer.send(media(REPAIR_SSRC, 5), feedback))
                .isInstanceOf(IllegalStateException.class));
    }

    @Test
    void dropsWhatWouldNotFit() {
        send(1, 0, new SimRtp(VP8, 5, 99, 55, new byte[1_895]));
        world.runForMillis(100);
        assertThat(client.received()).isEmpty();
        assertThat(server.drops(PeerDrop.TOO_LARGE)).isEqualTo(1);
        assertThat(events.failed).isEmpty();
    }

    /// A forwarder's mistake towards one subscriber must not reach the publisher whose packet it was.
    @Test
    void failsAloneWhenWritingToItFails() {
        header.replacedBytes = 1_000;
        send(1, 0);
        world.runForMillis(100);
        assertThat(events.failed).hasSize(1);
        assertThat(server.table().peers()).isEmpty();
    }

    private void report(int highest, int lost) {
        client.sendRtcp(SimRtcp.receiverReport(CLIENT_SSRC, new ReportBlock(SSRC, 0, lost, highest, 0, 0, 0)));
        world.runForMillis(100);
    }

    private PeerQuality takeQuality() {
        var quality = new PeerQuality[1];
        onLoop(() -> quality[0] = peer.takeQuality());
        return quality[0];
    }

    private void send(int seq, int timestampTicks) {
        send(seq, timestampTicks, new SimRtp(VP8, 5, 99, 55, new byte[10]));
    }

    private void send(int seq, int timestampTicks, SimRtp packet) {
        header.seq = seq;
        header.timestampTicks = timestampTicks;
        onLoop(() -> withSource(packet, source -> stream.send(world.nowMicros(), source, header)));
    }

    private void withSource(SimRtp packet, Consumer<RtpPacket> use) {
        PacketBuffer buffer = server.pool().take();
        use.accept(source(buffer, packet));
        buffer.release();
    }

    private static OutgoingMedia media(int ssrc, int rtxSsrc) {
        var extensions = new ExtensionMap(Map.of(
                HeaderExtension.MID, THEIR_MID_ID,
                HeaderExtension.VIDEO_ORIENTATION, THEIR_ORIENTATION_ID,
                HeaderExtension.DEPENDENCY_DESCRIPTOR, THEIR_DESCRIPTOR_ID,
                HeaderExtension.TRANSPORT_CC, THEIR_CC_ID,
                HeaderExtension.ABS_SEND_TIME, THEIR_TIME_ID));
        return new OutgoingMedia("7", MediaKind.VIDEO, VIDEO_FORMAT, ssrc, rtxSsrc, extensions, "PA_a|TR_b");
    }
}
