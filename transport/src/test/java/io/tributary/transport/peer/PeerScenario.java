package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimRtp;
import io.tributary.transport.sim.SimServer;
import io.tributary.transport.sim.SimWorld;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/// One server loop and one client on it, and what the server's owner of the connection gets to see.
abstract class PeerScenario {
    static final int VP8 = 96;
    static final int RTX = 97;
    static final int OPUS = 111;
    static final int MID_ID = 4;
    static final int RID_ID = 10;
    static final int REPAIRED_RID_ID = 11;
    static final int TRANSPORT_CC_ID = 3;
    static final int ABS_SEND_TIME_ID = 2;
    static final int ORIENTATION_ID = 13;
    static final int AUDIO_LEVEL_ID = 1;

    static final PayloadFormat VIDEO_FORMAT = new PayloadFormat(Codec.VP8, VP8, RTX, true);
    static final PayloadFormat AUDIO_FORMAT = new PayloadFormat(Codec.OPUS, OPUS, -1, false);
    static final ExtensionMap EXTENSIONS = new ExtensionMap(Map.of(
            HeaderExtension.MID, MID_ID,
            HeaderExtension.RID, RID_ID,
            HeaderExtension.REPAIRED_RID, REPAIRED_RID_ID,
            HeaderExtension.TRANSPORT_CC, TRANSPORT_CC_ID,
            HeaderExtension.ABS_SEND_TIME, ABS_SEND_TIME_ID,
            HeaderExtension.VIDEO_ORIENTATION, ORIENTATION_ID,
            HeaderExtension.AUDIO_LEVEL, AUDIO_LEVEL_ID));

    final SimWorld world = SimWorld.seeded(20_261_121);
    final SimServer server =
            new SimServer(world, "media-0", SimPeer.address("192.0.2.1", 7882), SimPeer.address("192.0.2.2", 7882));
    final SimPeer client = new SimPeer(world, "alice", SimPeer.address("198.51.100.7", 40_000));
    final Events events = new Events();
    final Sink sink = new Sink();
    final IceCredentials serverCredentials = server.credentials();
    final PeerTransport peer = server.connect(client, serverCredentials, events);

    @AfterEach
    void everyBufferIsReturned() {
        world.runForMillis(1_000);
        assertThat(server.pool().outstanding()).isZero();
    }

    void connect() {
        world.runForMillis(500);
        assertThat(events.connected).isEqualTo(1);
        assertThat(client.connected()).isTrue();
    }

    void onLoop(Runnable task) {
        server.loop().run(task);
    }

    void receive(IncomingMedia media) {
        onLoop(() -> peer.receive(media, sink));
    }

    static IncomingMedia video(String mid, List<String> rids, List<Integer> ssrcs, List<Integer> rtxSsrcs) {
        return new IncomingMedia(mid, MediaKind.VIDEO, List.of(VIDEO_FORMAT), EXTENSIONS, rids, ssrcs, rtxSsrcs);
    }

    static IncomingMedia audio(String mid, Integer... ssrcs) {
        return new IncomingMedia(
                mid, MediaKind.AUDIO, List.of(AUDIO_FORMAT), EXTENSIONS, List.of(), List.of(ssrcs), List.of());
    }

    /// A packet as a forwarder would hold it.
    RtpPacket source(PacketBuffer into, SimRtp packet) {
        byte[] bytes = packet.encode();
        System.arraycopy(bytes, 0, into.array(), into.offset(), bytes.length);
        into.length(bytes.length);
        var shown = new RtpPacket();
        assertThat(shown.wrap(into, EXTENSIONS)).isTrue();
        return shown;
    }

    static class Events implements PeerEvents {
        int connected;
        final List<String> disconnected = new ArrayList<>();
        final List<Throwable> failed = new ArrayList<>();

        @Override
        public void onConnected(long nowMicros) {
            connected++;
        }

        @Override
        public void onDisconnected(long nowMicros, String reason) {
            disconnected.add(reason);
        }

        @Override
        public void onFailed(long nowMicros, Throwable failure) {
            failed.add(failure);
        }
    }

    /// One delivered packet, copied.
    record Arrival(long atMicros, String mid, String rid, int ssrc, long extendedSeq, SimRtp packet) {}

    record Clock(int ssrc, long ntpTime, int timestampTicks) {}

    static class Sink implements IncomingMediaSink {
        final List<IncomingStream> streams = new ArrayList<>();
        final List<Arrival> arrivals = new ArrayList<>();
        final List<IncomingStream> losses = new ArrayList<>();
        final List<Clock> clocks = new ArrayList<>();

        @Override
        public void onStream(long nowMicros, IncomingStream stream) {
            streams.add(stream);
        }

        @Override
        public void onRtp(long nowMicros, IncomingStream stream, long extendedSeq, RtpPacket packet) {
            PacketBuffer buffer = packet.buffer();
            SimRtp copy = SimRtp.decode(Arrays.copyOfRange(buffer.array(), buffer.offset(), buffer.end()));
            arrivals.add(new Arrival(nowMicros, stream.mid(), stream.rid(), stream.ssrc(), extendedSeq, copy));
        }

        @Override
        public void onLoss(long nowMicros, IncomingStream stream) {
            losses.add(stream);
        }

        @Override
        public void onSenderReport(long nowMicros, IncomingStream stream, long ntpTime, int rtpTimestampTicks) {
            clocks.add(new Clock(stream.ssrc(), ntpTime, rtpTimestampTicks));
        }

        List<Integer> seqs() {
            return arrivals.stream().map(a -> a.packet.seq()).toList();
        }
    }
}
