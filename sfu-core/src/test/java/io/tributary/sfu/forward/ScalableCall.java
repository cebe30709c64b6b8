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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A VP9 publisher whose spatial and temporal layers come in one stream of 30 pictures a second, its published
/// track, and one forwarder that follows it. Pictures refer to each other as those of WebRTC's encoders do.
final class ScalableCall implements IncomingStream {
    static final long PICTURE_MICROS = 33_333;
    static final int SSRC = 100;
    private static final int[][] TEMPORAL_IDS = {{0}, {0, 1}, {0, 2, 1, 2}};

    /// How layers depend on each other, by their names in the W3C's `scalabilityMode`.
    enum Mode {
        L1T3(1, 3, false),
        L2T2(2, 2, false),
        L3T3(3, 3, false),
        L3T3_KEY(3, 3, true);

        final int spatials;
        final int temporals;

        /// Whether upper layers depend on lower ones in key pictures only.
        final boolean key;

        Mode(int spatials, int temporals, boolean key) {
            this.spatials = spatials;
            this.temporals = temporals;
            this.key = key;
        }
    }

    /// One spatial layer's share of a picture.
    ///
    /// @param needs the frames that it refers to
    record Frame(int id, int picture, int spatialId, int temporalId, boolean keyPicture, Set<Integer> needs) {}

    /// A packet under way to the track.
    record Packet(long extendedSeq, int timestampTicks, boolean marker, ByteBuffer payload, Frame frame) {}

    final RandomGenerator random;
    final Mode mode;
    final PacketPool pool = new PacketPool();
    final DropCounter<ForwardDrop> drops = new DropCounter<>(ForwardDrop.class);
    final PublishedTrack track;
    final RecordedStream out = new RecordedStream();
    final SubscriberForwarder forwarder;

    /// Which frame a packet belongs to, by the number in its payload.
    final Map<Integer, Frame> frames = new HashMap<>();

    /// How many packets of each frame there are, and how many the track was given.
    final Map<Integer, Integer> made = new HashMap<>();

    final Map<Integer, Integer> delivered = new HashMap<>();

    long nowMicros = 5_000_000_000L;

    /// How many spatial layers are sent: a publisher short of bandwidth leaves upper ones away.
    int sentSpatials;

    int keyframeRequests;
    private boolean keyframeWanted = true;
    private boolean structureDue;
    private long extendedSeq;
    private int picture;
    private int sinceKey;
    private int tl0;
    private int nextFrame;
    private final int timestampStart;

    /// For each spatial layer, its newest frame of each temporal layer; -1 without.
    private final int[][] newest = new int[3][3];

    private final List<Packet> late = new ArrayList<>();
    private final RtpPacket rtp = new RtpPacket();

    ScalableCall(long seed, Mode mode, LayerDemand demand) {
        random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        this.mode = mode;
        sentSpatials = mode.spatials;
        extendedSeq = random.nextInt(1, 1 << 16);
        picture = random.nextInt(1 << 15);
        timestampStart = random.nextInt();
        var silent = new TrackEvents() {
            @Override
            public void onLayerStarted(int layer, int ssrc) {}

            @Override
            public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {}

            @Override
            public void onPlaintext() {}
        };
        track = new PublishedTrack(
                new TrackSpec(new TrackSid("TR_svc"), Codec.VP9, List.of()),
                ExtensionMap.EMPTY,
                silent,
                new DropCounter<>(TrackDrop.class));
        track.onStream(nowMicros, this);
        forwarder = new SubscriberForwarder(track, demand, feedback -> out, new ResendBudget(), drops, failure -> {
            throw new AssertionError(failure);
        });
        forwarder.onConnected(nowMicros);
    }

    /// From the next picture on, so many layers; more than now begin with a key picture, as refering to nothing.
    void sendSpatials(int spatials) {
        keyframeWanted |= spatials > sentSpatials;
        structureDue |= spatials != sentSpatials;
        sentSpatials = spatials;
    }

    List<Packet> nextPicture() {
        nowMicros += PICTURE_MICROS;
        boolean keyPicture = keyframeWanted;
        keyframeWanted = false;
        picture = picture + 1 & 0x7FFF;
        sinceKey = keyPicture ? 0 : sinceKey + 1;
        int[] pattern = TEMPORAL_IDS[mode.temporals - 1];
        int temporalId = pattern[sinceKey % pattern.length];
        tl0 = tl0 + (temporalId == 0 ? 1 : 0) & 0xFF;
        boolean withStructure = keyPicture || structureDue;
        structureDue = false;
        var packets = new ArrayList<Packet>();
        int below = -1;
        for (int spatialId = 0; spatialId < sentSpatials; spatialId++) {
            Frame frame = frame(spatialId, temporalId, keyPicture, below);
            below = frame.id();
            packets.addAll(packets(frame, withStructure && spatialId == 0));
        }
        return packets;
    }

    private Frame frame(int spatialId, int temporalId, boolean keyPicture, int below) {
        var needs = new HashSet<Integer>();
        int[] mine = newest[spatialId];
        if (!keyPicture) {
            int latest = -1; // of the layers below its own, the latest; the base layer refers to itself
            for (int lower = 0; lower < Math.max(1, temporalId); lower++) {
                latest = Math.max(latest, mine[lower]);
            }
            needs.add(latest);
        }
        if (spatialId > 0 && (keyPicture || !mode.key)) {
            needs.add(below);
        }
        var frame = new Frame(nextFrame++, picture, spatialId, temporalId, keyPicture, needs);
        if (temporalId == 0) {
            mine[1] = mine[2] = -1;
        }
        mine[temporalId] = frame.id();
        frames.put(frame.id(), frame);
        return frame;
    }

    private List<Packet> packets(Frame frame, boolean withStructure) {
        int count = frame.keyPicture() ? 3 : random.nextInt(1, 3);
        made.put(frame.id(), count);
        var packets = new ArrayList<Packet>();
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            packets.add(new Packet(
                    extendedSeq++,
                    timestampStart + (int) (nowMicros * 90 / 1_000),
                    last && frame.spatialId() == sentSpatials - 1,
                    payload(frame, i == 0, last, withStructure && i == 0),
                    frame));
        }
        return packets;
    }

    private ByteBuffer payload(Frame frame, boolean first, boolean last, boolean withStructure) {
        boolean referencedAbove = frame.spatialId() < mode.spatials - 1 && (frame.keyPicture() || !mode.key);
        boolean interLayer = frame.spatialId() > 0 && (frame.keyPicture() || !mode.key);
        ByteBuffer to = ByteBuffer.allocate(64);
        to.put((byte) (0xA0
                | (frame.keyPicture() ? 0 : 0x40)
                | (first ? 0x08 : 0)
                | (last ? 0x04 : 0)
                | (withStructure ? 0x02 : 0)
                | (referencedAbove ? 0 : 0x01)));
        to.putShort((short) (0x8000 | frame.picture()));
        boolean switchingUp = frame.temporalId() < 2;
        to.put((byte)
                (frame.temporalId() << 5 | (switchingUp ? 0x10 : 0) | frame.spatialId() << 1 | (interLayer ? 1 : 0)));
        to.put((byte) tl0);
        if (withStructure) {
            to.put((byte) (sentSpatials - 1 << 5));
        }
        to.putInt(frame.id());
        return to.flip();
    }

    void deliver(Packet packet) {
        PacketBuffer buffer = pool.take();
        ByteBuffer to = ByteBuffer.wrap(buffer.array(), buffer.offset(), 200);
        to.put((byte) 0x80).put((byte) ((packet.marker() ? 0x80 : 0) | 98)).putShort((short) packet.extendedSeq());
        to.putInt(packet.timestampTicks()).putInt(SSRC).put(packet.payload().duplicate());
        buffer.length(to.position() - buffer.offset());
        if (!rtp.wrap(buffer, ExtensionMap.EMPTY)) {
            throw new AssertionError("the test wrote no RTP");
        }
        delivered.merge(packet.frame().id(), 1, Integer::sum);
        track.onRtp(nowMicros, this, packet.extendedSeq(), rtp);
        buffer.release();
    }

    /// Pictures, delivered in order.
    void run(int pictures) {
        for (int i = 0; i < pictures; i++) {
            nextPicture().forEach(this::deliver);
            track.onTick(nowMicros);
        }
    }

    /// A picture over a bad network: packets are lost, or come after the next picture's.
    void runBadly() {
        var arriving = new ArrayList<>(late);
        late.clear();
        for (Packet packet : nextPicture()) {
            double fate = random.nextDouble();
            if (fate >= 0.03) {
                (fate < 0.08 ? late : arriving).add(packet);
            }
        }
        if (random.nextBoolean()) {
            Collections.rotate(arriving, arriving.size() / 2);
        }
        arriving.forEach(this::deliver);
        track.onTick(nowMicros);
    }

    /// Whether all of a frame is among packets counted by frame.
    boolean whole(int frame, Map<Integer, Integer> packets) {
        return packets.getOrDefault(frame, 0).equals(made.get(frame));
    }

    /// The frame of a packet that was sent on.
    Frame frameOf(RecordedStream.Sent sent) {
        ByteBuffer body = sent.body();
        Frame frame = frames.get(body.getInt(body.limit() - 4));
        if (frame == null) {
            throw new AssertionError("a packet of no frame was sent");
        }
        return frame;
    }

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
        return SSRC;
    }

    @Override
    public void forgetBefore(long seq) {}

    @Override
    public void requestKeyframe(long atMicros) {
        keyframeRequests++;
        keyframeWanted = true;
    }
}
