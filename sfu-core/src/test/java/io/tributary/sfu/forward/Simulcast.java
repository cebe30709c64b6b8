package io.tributary.sfu.forward;

import io.tributary.sfu.track.LayerDemand;
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
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A VP8 publisher of three layers at 30 frames a second, its published track, and one forwarder that follows it: the
/// world of the forwarding tests. Each layer counts its own sequence numbers, timestamps and picture ids from a random
/// start, as libwebrtc does, has three temporal layers, and answers key frame requests with its next frame.
final class Simulcast {
    static final int LAYERS = 3;
    static final long FRAME_MICROS = 33_333;
    private static final long NTP_START = 0xE000_0000_0000_0000L;

    /// One layer's encoder.
    final class Encoder implements IncomingStream {
        final int index;
        long extendedSeq;
        final int timestampStart;
        int picture;
        int tl0;
        int key;
        boolean wide = true;
        boolean keyframeWanted = true;
        boolean running = true;
        int keyframeRequests;
        final TemporalPattern pattern = new TemporalPattern();

        Encoder(int index) {
            this.index = index;
            extendedSeq = random.nextInt(1, 1 << 16);
            timestampStart = random.nextInt();
            picture = random.nextInt(1 << 15);
            tl0 = random.nextInt(1 << 8);
            key = random.nextInt(1 << 5);
        }

        int timestampTicks(long captureMicros) {
            return timestampStart + (int) (captureMicros * 90 / 1_000);
        }

        @Override
        public String mid() {
            return "0";
        }

        @Override
        public String rid() {
            return List.of("q", "h", "f").get(index);
        }

        @Override
        public int ssrc() {
            return 100 + index;
        }

        @Override
        public void requestKeyframe(long nowMicros) {
            keyframeRequests++;
            keyframeWanted = true;
        }

        @Override
        public void forgetBefore(long seq) {}
    }

    /// A packet under way to the track.
    record Packet(Encoder encoder, long extendedSeq, Vp8Frames.Packet content) {}

    final RandomGenerator random;
    final PacketPool pool = new PacketPool();
    final List<Encoder> encoders = new ArrayList<>();
    final DropCounter<ForwardDrop> drops = new DropCounter<>(ForwardDrop.class);
    final PublishedTrack track;
    final RecordedStream out = new RecordedStream();
    final SubscriberForwarder forwarder;
    private final RtpPacket rtp = new RtpPacket();
    long nowMicros = 5_000_000_000L;
    private long body;
    private int nextFrame;

    /// Which frame a packet belongs to, by its body.
    final Map<Long, TemporalPattern.Frame> frames = new HashMap<>();

    private final List<Packet> late = new ArrayList<>();

    Simulcast(long seed, LayerDemand demand) {
        random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        var silent = new TrackEvents() {
            @Override
            public void onLayerStarted(int layer, int ssrc) {}

            @Override
            public void onPlaintext() {}

            @Override
            public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {}
        };
        track = new PublishedTrack(
                new TrackSpec(new TrackSid("TR_test"), Codec.VP8, List.of("q", "h", "f")),
                ExtensionMap.EMPTY,
                silent,
                new DropCounter<>(TrackDrop.class));
        for (int i = 0; i < LAYERS; i++) {
            encoders.add(new Encoder(i));
            track.onStream(nowMicros, encoders.get(i));
        }
        forwarder = new SubscriberForwarder(track, demand, feedback -> out, new ResendBudget(), drops, failure -> {
            throw new AssertionError(failure);
        });
        forwarder.onConnected(nowMicros);
    }

    /// The packets of the next frame of all running layers.
    List<Packet> nextFrame() {
        nowMicros += FRAME_MICROS;
        var packets = new ArrayList<Packet>();
        for (Encoder encoder : encoders) {
            if (encoder.running) {
                packets.addAll(encode(encoder));
            }
        }
        return packets;
    }

    private List<Packet> encode(Encoder encoder) {
        boolean keyframe = encoder.keyframeWanted;
        encoder.keyframeWanted = false;
        encoder.picture = (encoder.picture + 1) & (encoder.wide ? 0x7FFF : 0x7F);
        TemporalPattern.Frame frame = encoder.pattern.next(nextFrame++, keyframe);
        encoder.tl0 = (encoder.tl0 + (frame.temporalId() == 0 ? 1 : 0)) & 0xFF;
        encoder.key = keyframe ? (encoder.key + 1) & 0x1F : encoder.key;
        int count = keyframe ? 4 : random.nextInt(1, 4);
        var packets = new ArrayList<Packet>();
        for (int i = 0; i < count; i++) {
            long seq = encoder.extendedSeq++;
            frames.put(body, frame);
            packets.add(new Packet(
                    encoder,
                    seq,
                    new Vp8Frames.Packet(
                            (int) seq & 0xFFFF,
                            encoder.timestampTicks(nowMicros),
                            i == count - 1,
                            encoder.picture,
                            encoder.wide,
                            encoder.tl0,
                            frame.temporalId(),
                            frame.layerSync(),
                            encoder.key,
                            i == 0,
                            keyframe,
                            body++)));
        }
        return packets;
    }

    void deliver(Packet packet) {
        PacketBuffer buffer = packet.content().in(pool, packet.encoder().ssrc());
        if (!rtp.wrap(buffer, ExtensionMap.EMPTY)) {
            throw new AssertionError("the test wrote no RTP");
        }
        track.onRtp(nowMicros, packet.encoder(), packet.extendedSeq(), rtp);
        buffer.release();
    }

    /// Frames of all layers, delivered in order.
    void run(int frames) {
        for (int i = 0; i < frames; i++) {
            nextFrame().forEach(this::deliver);
            track.onTick(nowMicros);
        }
    }

    /// A frame of all layers over a bad network: packets are lost, or come after the next frame's.
    void runBadly() {
        var arriving = new ArrayList<Packet>();
        var stillLate = List.copyOf(late);
        late.clear();
        for (Packet packet : nextFrame()) {
            double fate = random.nextDouble();
            if (fate >= 0.03) {
                (fate < 0.08 ? late : arriving).add(packet);
            }
        }
        // Half the time late means after the first of the next frames, not before them.
        boolean before = random.nextBoolean();
        (before ? stillLate : arriving).forEach(this::deliver);
        (before ? arriving : stillLate).forEach(this::deliver);
        track.onTick(nowMicros);
    }

    /// A sender report of each layer, as of now.
    void report() {
        for (Encoder encoder : encoders) {
            track.onSenderReport(nowMicros, encoder, ntpTime(nowMicros), encoder.timestampTicks(nowMicros));
        }
    }

    static long ntpTime(long micros) {
        return NTP_START + ((micros / 1_000_000) << 32) + (((micros % 1_000_000) << 32) / 1_000_000);
    }
}
