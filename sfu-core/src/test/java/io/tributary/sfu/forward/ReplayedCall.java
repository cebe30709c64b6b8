package io.tributary.sfu.forward;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.PublishedTrack;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackEvents;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.PayloadReader;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.IncomingStream;
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.peer.OutgoingStream;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.recording.Recording.Packet;
import io.tributary.transport.recording.Recording.SenderReport;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sim.SimRtp;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A recording as a published track, and one subscriber whose wishes come from a seed.
final class ReplayedCall implements OutgoingStream {
    static final int SPATIAL_LAYERS = 3;
    private static final long START_MICROS = 5_000_000_000L;
    private static final long SHORTEST_WISH_MICROS = 300_000;
    private static final long LONGEST_WISH_MICROS = 1_500_000;

    /// One moment of one layer: a simulcast stream's, up to a spatial layer.
    record Picture(int layer, int timestampTicks, int spatialId) {}

    /// One packet as the subscriber gets it, and whose it was.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
    private record Sent(
            int seq, int timestampTicks, boolean marker, byte[] payload, Picture frame, boolean key, boolean leaf) {}

    private record Stream(String mid, String rid, int ssrc) implements IncomingStream {
        @Override
        public void requestKeyframe(long nowMicros) {}

        @Override
        public void forgetBefore(long extendedSeq) {}
    }

    private final Recording recording;
    private final RandomGenerator random;
    private final PacketPool pool = new PacketPool();
    private final PublishedTrack track;
    private final SubscriberForwarder forwarder;
    private final List<Stream> streams = new ArrayList<>();
    private final List<PayloadReader> readers = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();

    /// Where there are dependency descriptors: each packet as it goes to the subscriber.
    final List<SimRtp> described = new ArrayList<>();

    private @Nullable Packet current;
    private final FrameFacts facts = new FrameFacts();
    private final OutgoingHeader header = new OutgoingHeader();

    ReplayedCall(Recording recording, long seed) {
        this.recording = recording;
        random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        var silent = new TrackEvents() {
            @Override
            public void onLayerStarted(int layer, int ssrc) {}

            @Override
            public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {}

            @Override
            public void onPlaintext() {}
        };
        track = new PublishedTrack(
                new TrackSpec(new TrackSid("TR_golden"), recording.codec(), recording.ridsLowToHigh()),
                recording.extensions(),
                silent,
                new DropCounter<>(TrackDrop.class));
        for (int layer = 0; layer < recording.layers(); layer++) {
            String rid = recording.ridsLowToHigh().isEmpty()
                    ? ""
                    : recording.ridsLowToHigh().get(layer);
            streams.add(new Stream("0", rid, layer));
            readers.add(PayloadReader.of(recording.codec()));
            track.onStream(START_MICROS, streams.getLast());
        }
        forwarder = new SubscriberForwarder(
                track,
                LayerDemand.HIGHEST,
                feedback -> this,
                new ResendBudget(),
                new DropCounter<>(ForwardDrop.class),
                failure -> {
                    throw new AssertionError(failure);
                });
        forwarder.onConnected(START_MICROS);
    }

    /// Plays all of it. The pictures that the subscriber gets, as its decoder is given them.
    Map<Picture, byte[]> run() {
        long wishMicros = 0;
        long tickMicros = 0;
        for (Recording.Event event : recording.events()) {
            long nowMicros = START_MICROS + event.atMicros();
            if (event.atMicros() >= wishMicros) {
                wish(nowMicros);
                wishMicros = event.atMicros() + random.nextLong(SHORTEST_WISH_MICROS, LONGEST_WISH_MICROS);
            }
            if (event.atMicros() >= tickMicros) {
                track.onTick(nowMicros);
                tickMicros = event.atMicros() + PublishedTrack.TICK_MICROS;
            }
            switch (event) {
                case Packet packet -> play(nowMicros, packet);
                case SenderReport report ->
                    track.onSenderReport(
                            nowMicros, streams.get(report.layer()), report.ntpTime(), report.timestampTicks());
            }
        }
        track.close();
        if (pool.outstanding() != 0) {
            throw new AssertionError(pool.outstanding() + " buffers were not given back");
        }
        return pictures(recording, sent);
    }

    /// A picture of those that [#run] gave out that is no key picture, and that others refer to.
    Picture firstReferredTo() {
        Set<Picture> keys = sent.stream().filter(Sent::key).map(Sent::frame).collect(Collectors.toSet());
        return sent.stream()
                .filter(packet -> packet.marker && !packet.leaf && !keys.contains(packet.frame))
                .map(Sent::frame)
                .findFirst()
                .orElseThrow();
    }

    private void wish(long nowMicros) {
        track.muted(random.nextInt(10) == 0);
        int fps = random.nextInt(3) == 0 ? 5 : 0;
        int layer = random.nextInt(12) == 0 ? -1 : random.nextInt(SPATIAL_LAYERS);
        forwarder.demand(nowMicros, layer < 0 ? LayerDemand.NONE : new LayerDemand(layer, fps));
    }

    private void play(long nowMicros, Packet packet) {
        var rtp = new RtpPacket();
        PacketBuffer buffer = packet.toBuffer(pool);
        if (!rtp.wrap(buffer, recording.extensions())) {
            throw new AssertionError("what was recorded is no RTP");
        }
        current = packet;
        readers.get(packet.layer()).read(rtp, packet.extendedSeq(), facts);
        track.onRtp(nowMicros, streams.get(packet.layer()), packet.extendedSeq(), rtp);
        buffer.release();
    }

    @Override
    public OutgoingHeader header() {
        return header;
    }

    @Override
    public void send(long nowMicros, RtpPacket source, OutgoingHeader filled) {
        var payload = new ByteArrayOutputStream();
        payload.write(filled.prefix, 0, filled.prefixBytes);
        payload.write(
                source.array(),
                source.payloadOffset() + filled.replacedBytes,
                source.payloadLength() - filled.replacedBytes);
        if (filled.descriptorBytes > 0) {
            byte[] descriptor = Arrays.copyOf(filled.descriptor, filled.descriptorBytes);
            int id = recording.extensions().id(HeaderExtension.DEPENDENCY_DESCRIPTOR);
            described.add(new SimRtp(source.payloadType(), filled.seq, filled.timestampTicks, 1, payload.toByteArray())
                    .with(id, descriptor));
        }
        var frame = new Picture(Objects.requireNonNull(current).layer(), source.timestampTicks(), facts.spatialId);
        sent.add(new Sent(
                filled.seq,
                filled.timestampTicks,
                filled.marker,
                payload.toByteArray(),
                frame,
                !facts.interPicture || facts.keyframe,
                facts.temporalId > 0 || facts.discardable));
    }

    @Override
    public void resend(long nowMicros, RtpPacket source, OutgoingHeader header) {}

    @Override
    public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {}

    @Override
    public long roundTripMicros() {
        return 0;
    }

    @Override
    public void close() {}

    /// What one layer of a recording has up to one of its spatial layers, from the first key frame on.
    static Map<Picture, byte[]> whole(Recording recording, int layer, int spatial) {
        var reader = PayloadReader.of(recording.codec());
        var pool = new PacketPool();
        var rtp = new RtpPacket();
        var facts = new FrameFacts();
        var packets = new ArrayList<Sent>();
        boolean begun = false;
        for (Packet packet : recording.packets()) {
            PacketBuffer buffer = packet.toBuffer(pool);
            if (packet.layer() == layer
                    && rtp.wrap(buffer, recording.extensions())
                    && rtp.payloadLength() > 0
                    && reader.read(rtp, packet.extendedSeq(), facts)) {
                begun |= facts.keyframe;
                if (begun && facts.spatialId <= spatial) {
                    byte[] payload = new byte[rtp.payloadLength()];
                    System.arraycopy(rtp.array(), rtp.payloadOffset(), payload, 0, payload.length);
                    packets.add(new Sent(
                            rtp.seq(),
                            rtp.timestampTicks(),
                            false,
                            payload,
                            new Picture(layer, rtp.timestampTicks(), facts.spatialId),
                            false,
                            false));
                }
            }
            buffer.release();
        }
        return pictures(recording, marked(packets));
    }

    /// As if they were numbered one by one and marked where their pictures end: of layers that the publisher left away
    /// once, and of those that are cut off here, no packet says so.
    private static List<Sent> marked(List<Sent> packets) {
        var marked = new ArrayList<Sent>();
        for (int i = 0; i < packets.size(); i++) {
            Sent packet = packets.get(i);
            boolean last = i == packets.size() - 1 || packets.get(i + 1).timestampTicks != packet.timestampTicks;
            marked.add(new Sent(i, packet.timestampTicks, last, packet.payload, packet.frame, false, false));
        }
        return marked;
    }

    /// By the receiver's rules: a picture is what has one timestamp, and its last packet has the marker. One that was
    /// cut short, by a mute or another layer, has none, and a number is left out behind it.
    private static Map<Picture, byte[]> pictures(Recording recording, List<Sent> packets) {
        var pictures = new LinkedHashMap<Picture, byte[]>();
        var payloads = new ArrayList<byte[]>();
        for (int i = 0; i < packets.size(); i++) {
            Sent packet = packets.get(i);
            if (packet.payload.length > 0) {
                payloads.add(packet.payload);
            }
            Sent next = packets.get(Math.min(i + 1, packets.size() - 1));
            boolean hole = (short) (next.seq - packet.seq) == 2;
            boolean last = next.timestampTicks != packet.timestampTicks;
            if (packet.marker ? !last && next != packet : last && !hole) {
                throw new AssertionError("the marker of packet " + packet.seq + " is wrong: " + packet.marker);
            }
            if (packet.marker) {
                pictures.put(packet.frame, Depacketizer.picture(recording.codec(), payloads));
            }
            if (last) {
                payloads.clear();
            }
        }
        return pictures;
    }
}
