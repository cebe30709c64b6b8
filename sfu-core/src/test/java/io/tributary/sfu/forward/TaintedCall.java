package io.tributary.sfu.forward;

import io.tributary.frames.ClearPrefix;
import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.SFrameSender;
import io.tributary.frames.SFrameSuites;
import io.tributary.sfu.track.FramePackets;
import io.tributary.sfu.track.FramePackets.Part;
import io.tributary.sfu.track.FrameProtection;
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
import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.peer.OutgoingStream;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// A publisher of encrypted frames, its published track and one forwarder over a bad network, and all that they do
/// written down. Two calls of one seed do the same; one of them may have noise wherever nothing may be read.
final class TaintedCall {
    private static final int DESCRIPTOR_ID = 5;
    private static final ExtensionMap EXTENSIONS =
            new ExtensionMap(Map.of(HeaderExtension.DEPENDENCY_DESCRIPTOR, DESCRIPTOR_ID));
    private static final int SPATIALS = 3;
    private static final int[] TEMPORAL_IDS = {0, 2, 1, 2};

    /// The dependency structure that Chromium sends with a key frame of L3T3; its first three bytes are written anew.
    private static final byte[] STRUCTURE = HexFormat.of()
            .parseHex(
                    "80081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082b04a0941b8"
                            + "20ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d");

    /// What is done to the packets on their way.
    interface Tamper {
        byte[] payload(Part part);
    }

    final RandomGenerator random;
    final Codec codec;
    private final boolean asSFrames;
    final PacketPool pool = new PacketPool();
    final DropCounter<ForwardDrop> drops = new DropCounter<>(ForwardDrop.class);

    /// Everything that the forwarding did, in order.
    final List<String> log = new ArrayList<>();

    /// Layers that were followed, spatial ones of a stream that has several in it among them.
    int switches;

    final PublishedTrack track;
    final SubscriberForwarder forwarder;
    private final Tamper tamper;
    private final KeyRing keys = new KeyRing(KeyRing.MAX_SIZE);
    private final LiveKitSender sender;

    /// Of all layers, under one key throughout: its counters soon take two bytes.
    private final SFrameSender sframes;

    private final List<Encoder> encoders = new ArrayList<>();
    private final List<Packet> late = new ArrayList<>();
    private final RtpHeaderWriter writer = new RtpHeaderWriter();
    private final RtpPacket rtp = new RtpPacket();
    private long nowMicros = 5_000_000_000L;
    private int newestSeq;
    private int lastSource;

    /// A packet under way to the track.
    @SuppressWarnings("ArrayRecordComponent") // nobody compares or changes it
    private record Packet(
            Encoder encoder, long extendedSeq, int timestampTicks, boolean marker, byte[] descriptor, Part part) {}

    /// One stream of the publisher.
    private final class Encoder implements IncomingStream {
        final int index;
        long extendedSeq = random.nextInt(1, 1 << 16);
        final int timestampStart = random.nextInt();
        int picture = random.nextInt(1 << 15);
        int tl0;
        int keyIdx;
        int frameNumber = random.nextInt(1 << 16);
        int sinceKey;
        boolean keyframeWanted = true;

        Encoder(int index) {
            this.index = index;
        }

        @Override
        public String mid() {
            return "0";
        }

        @Override
        public String rid() {
            return encoders.size() == 1 ? "" : List.of("q", "h", "f").get(index);
        }

        @Override
        public int ssrc() {
            return 100 + index;
        }

        @Override
        public void requestKeyframe(long atMicros) {
            log.add("key frame of " + index);
            keyframeWanted = true;
        }

        @Override
        public void forgetBefore(long seq) {
            log.add("forget " + index + " before " + seq);
        }
    }

    /// @param announced what the track says its frames are
    /// @param asSFrames what they are, rather than LiveKit's
    TaintedCall(long seed, Codec codec, FrameProtection announced, boolean asSFrames, Tamper tamper) {
        random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        this.codec = codec;
        this.asSFrames = asSFrames;
        this.tamper = tamper;
        sframes = new SFrameSender(SFrameSuites.rfc9605().find(4).orElseThrow(), 5, new byte[16]);
        sender = new LiveKitSender(keys, random);
        rotateKey();
        boolean simulcast = codec == Codec.VP8 || codec == Codec.H264;
        for (int i = 0; i < (simulcast ? SPATIALS : 1); i++) {
            encoders.add(new Encoder(i));
        }
        var events = new TrackEvents() {
            @Override
            public void onLayerStarted(int layer, int ssrc) {
                log.add("layer " + layer);
            }

            @Override
            public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {
                log.add("level " + loudestDbov);
            }

            @Override
            public void onPlaintext() {
                log.add("plaintext");
            }
        };
        List<String> rids = simulcast ? List.of("q", "h", "f") : List.of();
        track = new PublishedTrack(
                new TrackSpec(new TrackSid("TR_taint"), codec, rids, announced),
                EXTENSIONS,
                events,
                new DropCounter<>(TrackDrop.class));
        encoders.forEach(encoder -> track.onStream(nowMicros, encoder));
        forwarder = new SubscriberForwarder(
                track, LayerDemand.HIGHEST, feedback -> new Log(), new ResendBudget(), drops, failure -> {
                    throw new AssertionError(failure);
                });
        forwarder.onConnected(nowMicros);
    }

    /// A frame of each layer, and what happens meanwhile.
    void step() {
        meddle();
        nowMicros += codec.kind() == MediaKind.AUDIO ? 20_000 : 33_333;
        var arriving = new ArrayList<>(late);
        late.clear();
        for (Encoder encoder : encoders) {
            for (Packet packet : encode(encoder)) {
                double fate = random.nextDouble();
                if (fate >= 0.02) {
                    (fate < 0.05 ? late : arriving).add(packet);
                }
            }
        }
        if (random.nextInt(4) == 0) {
            Collections.rotate(arriving, arriving.size() / 2);
        }
        arriving.forEach(this::deliver);
        track.onTick(nowMicros);
    }

    /// What the drops were, at the end.
    String counted() {
        StringBuilder counted = new StringBuilder();
        for (ForwardDrop drop : ForwardDrop.values()) {
            counted.append(drop).append('=').append(drops.counted(drop)).append(' ');
        }
        return counted.toString();
    }

    private void meddle() {
        double fate = random.nextDouble();
        if (fate < 0.04) {
            int fps = new int[] {0, 8, 15, 30}[random.nextInt(4)];
            forwarder.demand(nowMicros, new LayerDemand(random.nextInt(-1, SPATIALS), fps));
        } else if (fate < 0.05) {
            forwarder.onKeyframeRequest(nowMicros);
        } else if (fate < 0.06) {
            track.muted(true);
        } else if (fate < 0.12) {
            track.muted(false);
        } else if (fate < 0.2) {
            forwarder.onNack(nowMicros, newestSeq - random.nextInt(60) & 0xFFFF);
        } else if (fate < 0.22) {
            rotateKey();
        } else if (fate < 0.25) {
            Encoder encoder = encoders.get(random.nextInt(encoders.size()));
            track.onSenderReport(nowMicros, encoder, nowMicros << 20, timestampTicks(encoder));
        }
    }

    private void rotateKey() {
        byte[] key = new byte[16];
        random.nextBytes(key);
        keys.set(random.nextInt(KeyRing.MAX_SIZE), KeyRatchet.ofKey(key));
    }

    private int timestampTicks(Encoder encoder) {
        return encoder.timestampStart + (int) (nowMicros * codec.clockRateHz() / 1_000_000);
    }

    private List<Packet> encode(Encoder encoder) {
        boolean keyframe = encoder.keyframeWanted && codec.kind() == MediaKind.VIDEO;
        encoder.keyframeWanted = false;
        encoder.sinceKey = keyframe ? 0 : encoder.sinceKey + 1;
        encoder.picture = encoder.picture + 1 & 0x7FFF;
        encoder.keyIdx = encoder.keyIdx + (keyframe ? 1 : 0) & 0x1F;
        int temporalId = TEMPORAL_IDS[encoder.sinceKey % TEMPORAL_IDS.length];
        encoder.tl0 = encoder.tl0 + (temporalId == 0 ? 1 : 0) & 0xFF;
        List<Packet> packets = new ArrayList<>();
        int frames = codec.scalable() ? SPATIALS : 1;
        for (int spatialId = 0; spatialId < frames; spatialId++) {
            encoder.frameNumber = encoder.frameNumber + 1 & 0xFFFF;
            byte[] plain = plain(keyframe, temporalId);
            List<Part> parts = asSFrames
                    ? sframe(encoder, plain, keyframe, spatialId, temporalId)
                    : liveKitFrame(encoder, plain, keyframe, spatialId, temporalId);
            for (int i = 0; i < parts.size(); i++) {
                boolean last = i == parts.size() - 1;
                packets.add(new Packet(
                        encoder,
                        encoder.extendedSeq++,
                        timestampTicks(encoder),
                        codec.kind() == MediaKind.VIDEO && last && spatialId == frames - 1,
                        dependencies(encoder, i == 0, last, keyframe, spatialId),
                        parts.get(i)));
            }
        }
        return packets;
    }

    /// What an encoder makes, as far as anybody looks at it before it is encrypted.
    private byte[] plain(boolean keyframe, int temporalId) {
        byte[] frame = new byte[(keyframe ? 120 : 20) + random.nextInt(100)];
        random.nextBytes(frame);
        switch (codec) {
            // Of no version that VP8 does not have.
            case VP8 -> frame[0] = (byte) (frame[0] & ~0x09 | (keyframe ? 0 : 1));
            case H264 -> {
                for (int i = 0; i < frame.length; i++) {
                    frame[i] |= 0x10; // no start codes by accident
                }
                byte[] head = HexFormat.of()
                        .parseHex(
                                keyframe
                                        ? "000000016742c01f8c8d40000000" + "0168ce3c80000000010605ffff000000" + "0165"
                                        : temporalId == 2 ? "0000000101" : "0000000141");
                System.arraycopy(head, 0, frame, 0, Math.min(head.length, frame.length));
            }
            case OPUS, VP9, AV1, H265 -> {
                // nothing of it is looked at
            }
        }
        return frame;
    }

    private List<Part> liveKitFrame(Encoder encoder, byte[] plain, boolean keyframe, int spatialId, int temporalId) {
        byte[] frame = sender.seal(
                        FramePackets.frameCodec(codec), keyframe, plain, encoder.ssrc(), timestampTicks(encoder))
                .orElseThrow();
        return parts(encoder, frame, FramePackets.clearBytes(codec, keyframe, frame), keyframe, spatialId, temporalId);
    }

    /// The whole frame as one, header and all; of H.264, which needs NAL units for packets, what is in its slice.
    private List<Part> sframe(Encoder encoder, byte[] plain, boolean keyframe, int spatialId, int temporalId) {
        int wrappedFrom = codec == Codec.H264 ? FramePackets.units(plain).getLast()[0] + 1 : 0;
        byte[] sealed = sframes.seal(new byte[0], Arrays.copyOfRange(plain, wrappedFrom, plain.length));
        byte[] wrapped = codec == Codec.H264 ? escaped(sealed) : sealed;
        byte[] frame = Arrays.copyOf(plain, wrappedFrom + wrapped.length);
        System.arraycopy(wrapped, 0, frame, wrappedFrom, wrapped.length);
        int clear = wrappedFrom + ClearPrefix.ofSFrame(sealed).sizeBytes();
        return parts(encoder, frame, clear, keyframe, spatialId, temporalId);
    }

    /// Emulation prevention (H.264 §7.4.1).
    private static byte[] escaped(byte[] in) {
        var out = new ByteArrayOutputStream();
        int zeros = 0;
        for (byte next : in) {
            if (zeros == 2 && (next & ~3) == 0) {
                out.write(3);
                zeros = 0;
            }
            out.write(next);
            zeros = next == 0 ? zeros + 1 : 0;
        }
        return out.toByteArray();
    }

    private List<Part> parts(
            Encoder encoder, byte[] frame, int clear, boolean keyframe, int spatialId, int temporalId) {
        return switch (codec) {
            case OPUS -> FramePackets.cut(frame, clear, frame.length, (first, last) -> new byte[0]);
            case H264 -> FramePackets.ofH264(frame, clear, 70);
            case VP8 ->
                FramePackets.cut(frame, clear, 70, (first, last) -> new byte[] {
                    (byte) (0x80 | (temporalId == 2 ? 0x20 : 0) | (first ? 0x10 : 0)),
                    (byte) 0xF0,
                    (byte) (0x80 | encoder.picture >>> 8),
                    (byte) encoder.picture,
                    (byte) encoder.tl0,
                    (byte) (temporalId << 6
                            | (temporalId != 0 && encoder.sinceKey % 4 != 3 ? 0x20 : 0)
                            | encoder.keyIdx)
                });
            case VP9 ->
                FramePackets.cut(frame, clear, 70, (first, last) -> {
                    byte[] head = new byte[5 + (keyframe && first && spatialId == 0 ? 1 : 0)];
                    head[0] = (byte) (0xA0
                            | (keyframe ? 0 : 0x40)
                            | (first ? 0x08 : 0)
                            | (last ? 0x04 : 0)
                            | (head.length > 5 ? 0x02 : 0)
                            | (spatialId < SPATIALS - 1 ? 0 : 0x01));
                    head[1] = (byte) (0x80 | encoder.picture >>> 8);
                    head[2] = (byte) encoder.picture;
                    head[3] = (byte)
                            (temporalId << 5 | (temporalId < 2 ? 0x10 : 0) | spatialId << 1 | (spatialId > 0 ? 1 : 0));
                    head[4] = (byte) encoder.tl0;
                    if (head.length > 5) {
                        head[5] = (byte) (SPATIALS - 1 << 5);
                    }
                    return head;
                });
            case AV1 ->
                FramePackets.cut(frame, clear, 70, (first, last) -> new byte[] {
                    (byte) ((first ? 0 : 0x80)
                            | (last ? 0 : 0x40)
                            | 0x10
                            | (first && keyframe && spatialId == 0 ? 0x08 : 0))
                });
            case H265 -> throw new IllegalStateException("clients have no H.265 under encryption worth a test");
        };
    }

    /// AV1's, as templates of Chromium's structure: five for each spatial layer.
    private byte[] dependencies(Encoder encoder, boolean first, boolean last, boolean keyframe, int spatialId) {
        if (codec != Codec.AV1) {
            return new byte[0];
        }
        int template = 5 * spatialId + (keyframe ? 1 : new int[] {0, 3, 2, 4}[encoder.sinceKey % 4]);
        byte[] mandatory = {
            (byte) ((first ? 0x80 : 0) | (last ? 0x40 : 0) | template),
            (byte) (encoder.frameNumber >>> 8),
            (byte) encoder.frameNumber
        };
        if (!keyframe || !first || spatialId > 0) {
            return mandatory;
        }
        byte[] whole = Arrays.copyOf(mandatory, mandatory.length + STRUCTURE.length);
        System.arraycopy(STRUCTURE, 0, whole, mandatory.length, STRUCTURE.length);
        return whole;
    }

    private void deliver(Packet packet) {
        byte[] payload = tamper.payload(packet.part());
        PacketBuffer buffer = pool.take();
        byte[] a = buffer.array();
        int start = buffer.offset();
        writer.begin(
                a,
                start,
                a.length - payload.length,
                packet.marker(),
                96,
                (int) packet.extendedSeq() & 0xFFFF,
                packet.timestampTicks(),
                packet.encoder().ssrc());
        if (packet.descriptor().length > 0) {
            writer.append(DESCRIPTOR_ID, packet.descriptor(), 0, packet.descriptor().length);
        }
        int header = writer.finish();
        System.arraycopy(payload, 0, a, start + header, payload.length);
        buffer.length(header + payload.length);
        if (!rtp.wrap(buffer, EXTENSIONS)) {
            throw new AssertionError("the test wrote no RTP");
        }
        track.onRtp(nowMicros, packet.encoder(), packet.extendedSeq(), rtp);
        buffer.release();
    }

    /// Writes down what is sent: all but the frame's bytes, of which only the place where they begin.
    private final class Log implements OutgoingStream {
        private final OutgoingHeader header = new OutgoingHeader();

        @Override
        public OutgoingHeader header() {
            return header;
        }

        @Override
        public void send(long atMicros, RtpPacket source, OutgoingHeader header) {
            newestSeq = header.seq;
            switches += source.ssrc() == lastSource ? 0 : 1;
            lastSource = source.ssrc();
            note("send", source, header);
        }

        @Override
        public void resend(long atMicros, RtpPacket source, OutgoingHeader header) {
            note("resend", source, header);
        }

        private void note(String what, RtpPacket source, OutgoingHeader header) {
            log.add(what + " " + source.ssrc() + "/" + source.seq() + " as " + header.seq + " at "
                    + header.timestampTicks + (header.marker ? " marked " : " ")
                    + hex(header.prefix, header.prefixBytes)
                    + " for " + header.replacedBytes + " of " + source.payloadLength() + " "
                    + hex(header.descriptor, header.descriptorBytes));
        }

        private static String hex(byte[] bytes, int length) {
            return HexFormat.of().formatHex(bytes, 0, length);
        }

        @Override
        public void sendSenderReport(long atMicros, long ntpTime, int rtpTimestampTicks) {
            log.add("report " + ntpTime + " " + rtpTimestampTicks);
        }

        @Override
        public long roundTripMicros() {
            return 40_000;
        }

        @Override
        public void close() {}
    }
}
