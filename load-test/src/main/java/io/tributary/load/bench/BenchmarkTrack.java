package io.tributary.load.bench;

import io.tributary.sfu.track.PublishedTrack;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackEvents;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.IncomingStream;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.List;
import java.util.Map;

/// A published VP8 track of one layer, fed with the benchmarks' packet: the first one as a key frame.
final class BenchmarkTrack {
    static final ExtensionMap EXTENSIONS = new ExtensionMap(Map.of(
            HeaderExtension.MID, BenchmarkPackets.MID, HeaderExtension.TRANSPORT_CC, BenchmarkPackets.TRANSPORT_CC));

    /// Where the frame's first byte lies in [BenchmarkPackets#video]: its lowest bit is 0 in key frames.
    private static final int FRAME_START = 12 + 12 + 6;

    private static final long PACKET_MICROS = 5_000;

    private static final IncomingStream STREAM = new IncomingStream() {
        @Override
        public String mid() {
            return "0";
        }

        @Override
        public String rid() {
            return "";
        }

        @Override
        public int ssrc() {
            return 1;
        }

        @Override
        public void requestKeyframe(long nowMicros) {}

        @Override
        public void forgetBefore(long extendedSeq) {}
    };

    final PublishedTrack track;
    private final PacketPool pool;
    private final RtpPacket rtp = new RtpPacket();
    private final byte[] keyframe = BenchmarkPackets.video();
    private final byte[] delta = BenchmarkPackets.video();
    private long extendedSeq;
    private long nowMicros = 1_000_000;

    BenchmarkTrack(PacketPool pool) {
        this.pool = pool;
        keyframe[FRAME_START] = 0;
        var silent = new TrackEvents() {
            @Override
            public void onPlaintext() {}

            @Override
            public void onLayerStarted(int layer, int ssrc) {}

            @Override
            public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {}
        };
        var spec = new TrackSpec(new TrackSid("TR_bench"), Codec.VP8, List.of());
        track = new PublishedTrack(spec, EXTENSIONS, silent, new DropCounter<>(TrackDrop.class));
        track.onStream(nowMicros, STREAM);
    }

    long nowMicros() {
        return nowMicros;
    }

    /// Receives the next packet.
    void receive() {
        nowMicros += PACKET_MICROS;
        PacketBuffer buffer = pool.take();
        byte[] packet = extendedSeq == 0 ? keyframe : delta;
        System.arraycopy(packet, 0, buffer.array(), buffer.offset(), packet.length);
        buffer.length(packet.length);
        if (!rtp.wrap(buffer, EXTENSIONS)) {
            throw new IllegalStateException("the benchmark's packet is no RTP");
        }
        rtp.seq((int) extendedSeq & 0xFFFF);
        track.onRtp(nowMicros, STREAM, extendedSeq++, rtp);
        buffer.release();
    }
}
