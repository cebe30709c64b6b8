package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sim.SimRtp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a frame too large for one go leaves, in virtual time.
class PacingTest extends PeerScenario {
    private static final int VIDEO_SSRC = 0x0A0B_0C0D;
    private static final int OTHER_VIDEO_SSRC = 0x0A0B_0C0E;
    private static final int AUDIO_SSRC = 0x0A0B_0C0F;
    private static final int CC_ID = 6;
    private static final ExtensionMap WITH_CC = new ExtensionMap(Map.of(HeaderExtension.TRANSPORT_CC, CC_ID));

    private record Arrival(long atMicros, SimRtp packet) {}

    private final OutgoingHeader header = new OutgoingHeader();
    private final List<Arrival> arrivals = new ArrayList<>();

    private final OutgoingFeedback silent = new OutgoingFeedback() {
        @Override
        public void onNack(long nowMicros, int seq) {}

        @Override
        public void onKeyframeRequest(long nowMicros) {}
    };

    @SuppressWarnings("NullAway.Init") // by connectedAndSending
    private OutgoingStream video;

    @SuppressWarnings("NullAway.Init") // by connectedAndSending
    private OutgoingStream otherVideo;

    @SuppressWarnings("NullAway.Init") // by connectedAndSending
    private OutgoingStream audio;

    @BeforeEach
    void connectedAndSending() {
        connect();
        client.onRtp(packet -> arrivals.add(new Arrival(world.nowMicros(), packet)));
        onLoop(() -> {
            video = peer.send(media("0", MediaKind.VIDEO, VIDEO_FORMAT, VIDEO_SSRC), silent);
            otherVideo = peer.send(media("1", MediaKind.VIDEO, VIDEO_FORMAT, OTHER_VIDEO_SSRC), silent);
            audio = peer.send(media("2", MediaKind.AUDIO, AUDIO_FORMAT, AUDIO_SSRC), silent);
        });
    }

    @Test
    void sendsAnOrdinaryFrameAtOnce() {
        frame(video, 1, PacedPackets.SLICE_PACKETS);
        world.runForMillis(100);
        assertThat(slices(VIDEO_SSRC)).containsExactly(PacedPackets.SLICE_PACKETS);
    }

    @Test
    void sendsALargeFrameInSlicesAndInOrder() {
        frame(video, 1, 34);
        world.runForMillis(100);
        assertThat(slices(VIDEO_SSRC)).containsExactly(10, 10, 10, 4);
        assertThat(seqs(VIDEO_SSRC))
                .isEqualTo(IntStream.rangeClosed(1, 34).boxed().toList());
        List<Long> times = arrivals.stream().map(Arrival::atMicros).distinct().toList();
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isEqualTo(PacedPackets.SLICE_MICROS);
        }
    }

    @Test
    void neverLetsAudioWait() {
        frame(video, 1, 100);
        frame(audio, 1, 1);
        world.runForMicros(2_000);
        frame(audio, 2, 1);
        world.runForMillis(100);
        List<Integer> order = arrivals.stream().map(a -> a.packet().ssrc()).toList();
        assertThat(order.indexOf(AUDIO_SSRC)).isEqualTo(10);
        assertThat(order.lastIndexOf(AUDIO_SSRC)).isEqualTo(21);
        assertThat(seqs(VIDEO_SSRC)).hasSize(100);
    }

    @Test
    void letsAnotherStreamsOrdinaryFramePass() {
        frame(video, 1, 100);
        frame(otherVideo, 1, 6);
        world.runForMillis(100);
        List<Integer> order = arrivals.stream().map(a -> a.packet().ssrc()).toList();
        assertThat(order.lastIndexOf(OTHER_VIDEO_SSRC)).isEqualTo(15);
    }

    /// What comes while some of the stream waits goes behind it.
    @Test
    void keepsTheOrderOfAStreamThatGoesOn() {
        frame(video, 1, 25);
        world.runForMicros(1_600);
        frame(video, 26, 3);
        world.runForMillis(100);
        assertThat(seqs(VIDEO_SSRC))
                .isEqualTo(IntStream.rangeClosed(1, 28).boxed().toList());
    }

    @Test
    void numbersPacketsTransportWideAsTheyLeave() {
        frame(video, 1, 40);
        world.runForMicros(2_000);
        frame(audio, 1, 1);
        world.runForMillis(100);
        List<Integer> numbers = arrivals.stream()
                .map(a -> ByteBuffer.wrap(a.packet().extension(CC_ID)).getShort() & 0xFFFF)
                .toList();
        int first = numbers.getFirst();
        assertThat(numbers).isEqualTo(IntStream.range(first, first + 41).boxed().toList());
    }

    /// Slices grow with what waits, so that the next frame finds the way free.
    @Test
    void isDoneWithAnyFrameBeforeTheNext() {
        frame(video, 1, 400);
        world.runForMillis(100);
        assertThat(seqs(VIDEO_SSRC)).hasSize(400);
        assertThat(arrivals.getLast().atMicros() - arrivals.getFirst().atMicros())
                .isLessThanOrEqualTo(20_000);
    }

    @Test
    void sendsTheOldestEarlyRatherThanKeepMoreThanItsBound() {
        frame(video, 1, PacedPackets.MAX_WAITING + 50);
        world.runForMillis(100);
        assertThat(slices(VIDEO_SSRC).getFirst()).isEqualTo(50);
        assertThat(seqs(VIDEO_SSRC))
                .isEqualTo(IntStream.rangeClosed(1, PacedPackets.MAX_WAITING + 50)
                        .boxed()
                        .toList());
        // The first ten of the fifty are the frame's first slice, which never waited.
        assertThat(server.table().pacing().early()).isEqualTo(50 - PacedPackets.SLICE_PACKETS);
    }

    @Test
    void countsNothingWhileItKeepsWithinItsBound() {
        frame(video, 1, PacedPackets.SLICE_PACKETS + PacedPackets.MAX_WAITING);
        world.runForMillis(100);
        assertThat(seqs(VIDEO_SSRC)).hasSize(PacedPackets.SLICE_PACKETS + PacedPackets.MAX_WAITING);
        assertThat(server.table().pacing().early()).isZero();
    }

    @Test
    void givesBackWhatWaitsWhenTheConnectionEnds() {
        frame(video, 1, 100);
        onLoop(peer::close);
        world.runForMillis(100);
        assertThat(seqs(VIDEO_SSRC)).hasSize(10);
    }

    @Test
    void dropsWhatWaitsOfAStreamThatEnds() {
        frame(video, 1, 30);
        onLoop(video::close);
        world.runForMillis(100);
        assertThat(seqs(VIDEO_SSRC)).hasSize(10);
        assertThat(server.drops(PeerDrop.NOT_CONNECTED)).isEqualTo(20);
    }

    private void frame(OutgoingStream stream, int firstSeq, int packets) {
        onLoop(() -> {
            for (int i = 0; i < packets; i++) {
                PacketBuffer buffer = server.pool().take();
                RtpPacket source = source(buffer, new SimRtp(VP8, 5, 99, 55, new byte[100]));
                header.seq = firstSeq + i;
                stream.send(world.nowMicros(), source, header);
                buffer.release();
            }
        });
    }

    private List<Integer> seqs(int ssrc) {
        return arrivals.stream()
                .map(Arrival::packet)
                .filter(packet -> packet.ssrc() == ssrc)
                .map(SimRtp::seq)
                .toList();
    }

    /// How many packets came together, by time.
    private List<Integer> slices(int ssrc) {
        return arrivals.stream()
                .filter(a -> a.packet().ssrc() == ssrc)
                .collect(Collectors.groupingBy(Arrival::atMicros, Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue().intValue())
                .toList();
    }

    private static OutgoingMedia media(String mid, MediaKind kind, PayloadFormat format, int ssrc) {
        return new OutgoingMedia(mid, kind, format, ssrc, 0, WITH_CC, "PA_a|TR_b");
    }
}
