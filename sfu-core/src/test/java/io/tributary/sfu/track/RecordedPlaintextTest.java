package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.SFrameSender;
import io.tributary.frames.SFrameSuite;
import io.tributary.frames.SFrameSuites;
import io.tributary.sfu.room.Encryption;
import io.tributary.sfu.track.FramePackets.Part;
import io.tributary.sfu.track.RecordedFrames.Frame;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.IncomingStream;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.RtpHeaderWriter;
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The check for plaintext on what real clients sent: silent when it is encrypted, whatever the key, and quick when it
/// is not.
class RecordedPlaintextTest {
    private static final long SEED = Long.getLong("test.seed", 6);
    private static final int KEYS = 300;
    private static final int PART_BYTES = 1_150;
    private static final long ALARM_WITHIN_MICROS = 2_000_000;

    @ParameterizedTest
    @ValueSource(
            strings = {"opus", "vp8-simulcast", "h264-simulcast", "vp9-l3t3-key", "vp9-l3t3", "av1-l3t3-key", "av1-l1t3"
            })
    void tenSecondsUnderThreeHundredKeysGiveNoAlarm(String name) {
        Recording recording = Recording.named(name);
        List<Frame> frames = RecordedFrames.of(recording);
        assertThat(recording.durationMicros()).isGreaterThan(9_500_000);
        assertThat(frames).hasSizeGreaterThan(90);
        Random random = new Random(SEED);
        for (int key = 0; key < KEYS; key++) {
            Listener listener = new Listener(recording, Encryption.GCM);
            KeyRing ring = new KeyRing(KeyRing.MAX_SIZE);
            byte[] material = new byte[16];
            random.nextBytes(material);
            ring.set(random.nextInt(KeyRing.MAX_SIZE), KeyRatchet.ofKey(material));
            LiveKitSender sender = new LiveKitSender(ring, random);
            for (Frame frame : frames) {
                byte[] sealed = sender.seal(
                                FramePackets.frameCodec(recording.codec()),
                                frame.keyFrame(),
                                frame.bytes(),
                                100 + frame.layer(),
                                frame.timestampTicks())
                        .orElseThrow();
                listener.send(frame, sealed);
            }
            listener.close();
            assertThat(listener.alarms).as("seed %d, key %d", SEED, key).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opus", "vp8-simulcast", "vp9-l3t3"})
    void sframesGiveNoAlarmWhateverTheSuite(String name) {
        Recording recording = Recording.named(name);
        List<Frame> frames = RecordedFrames.of(recording);
        Random random = new Random(SEED);
        for (SFrameSuite suite : SFrameSuites.rfc9605().all()) {
            Listener listener = new Listener(recording, Encryption.CUSTOM);
            byte[] key = new byte[16];
            random.nextBytes(key);
            SFrameSender sender = new SFrameSender(suite, random.nextLong() >>> random.nextInt(64), key);
            frames.forEach(frame -> listener.send(frame, sender.seal(new byte[0], frame.bytes())));
            listener.close();
            assertThat(listener.alarms).as("seed %d, %s", SEED, suite.name()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"opus", "vp8-simulcast", "h264-simulcast", "vp9-l3t3-key", "vp9-l3t3", "av1-l3t3-key", "av1-l1t3"
            })
    void theSameInPlainIsNoticedWithinTwoSeconds(String name) {
        Recording recording = Recording.named(name);
        Listener listener = new Listener(recording, Encryption.GCM);
        recording.packets().forEach(listener::receive);
        listener.close();

        assertThat(listener.alarms)
                .singleElement()
                .satisfies(atMicros -> assertThat(
                                atMicros - recording.packets().getFirst().atMicros())
                        .isLessThan(ALARM_WITHIN_MICROS));
    }

    /// Whoever leaves NAL units' headers in the clear under a scheme of its own may aggregate units as well:
    /// nothing that a packet then begins with is an SFrame's.
    @Test
    void aggregatedNalUnitsAreNoOddSFrames() {
        Recording recording = Recording.named("h264-simulcast");
        Listener listener = new Listener(recording, Encryption.CUSTOM);
        byte[] delimiterAndSlice = HexFormat.of().parseHex("7800020930000441e0a1b2");
        RecordedFrames.of(recording).forEach(frame -> listener.sendPacket(frame, delimiterAndSlice, true));
        listener.close();

        assertThat(listener.alarms).isEmpty();
    }

    /// A published track that announced encryption, and when it gave the alarm.
    private static final class Listener {
        final List<Long> alarms = new ArrayList<>();
        private final Recording recording;
        private final PacketPool pool = new PacketPool();
        private final RtpHeaderWriter writer = new RtpHeaderWriter();
        private final RtpPacket rtp = new RtpPacket();
        private final PublishedTrack track;
        private final List<Stream> streams = new ArrayList<>();
        private long nowMicros;

        Listener(Recording recording, Encryption announced) {
            this.recording = recording;
            var events = new TrackEvents() {
                @Override
                public void onLayerStarted(int layer, int ssrc) {}

                @Override
                public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {}

                @Override
                public void onPlaintext() {
                    alarms.add(nowMicros);
                }
            };
            track = new PublishedTrack(
                    new TrackSpec(
                            new TrackSid("TR_recorded"),
                            recording.codec(),
                            recording.ridsLowToHigh(),
                            announced.protection()),
                    recording.extensions(),
                    events,
                    new DropCounter<>(TrackDrop.class));
            for (int i = 0; i < recording.layers(); i++) {
                String rid = recording.ridsLowToHigh().isEmpty()
                        ? ""
                        : recording.ridsLowToHigh().get(i);
                streams.add(new Stream(rid, 100 + i));
                track.onStream(0, streams.get(i));
            }
        }

        void receive(Recording.Packet packet) {
            nowMicros = packet.atMicros();
            PacketBuffer buffer = packet.toBuffer(pool);
            assertThat(rtp.wrap(buffer, recording.extensions())).isTrue();
            track.onRtp(nowMicros, streams.get(packet.layer()), packet.extendedSeq(), rtp);
            buffer.release();
        }

        /// A frame in as many packets as it needs.
        void send(Frame frame, byte[] sealed) {
            nowMicros = frame.atMicros();
            List<Part> parts = recording.codec() == Codec.H264
                    ? FramePackets.ofH264(sealed, 0, PART_BYTES)
                    : FramePackets.cut(sealed, 0, PART_BYTES, (first, last) -> descriptor(frame, first, last));
            for (int i = 0; i < parts.size(); i++) {
                boolean last = i == parts.size() - 1;
                sendPacket(frame, parts.get(i).payload(), last && frame.marked());
            }
        }

        void sendPacket(Frame frame, byte[] payload, boolean marker) {
            Stream stream = streams.get(frame.layer());
            PacketBuffer buffer = pool.take();
            int limit = buffer.array().length - payload.length;
            long seq = stream.extendedSeq++;
            writer.begin(
                    buffer.array(),
                    buffer.offset(),
                    limit,
                    marker,
                    96,
                    (int) seq & 0xFFFF,
                    frame.timestampTicks(),
                    stream.ssrc());
            int header = writer.finish();
            System.arraycopy(payload, 0, buffer.array(), buffer.offset() + header, payload.length);
            buffer.length(header + payload.length);
            assertThat(rtp.wrap(buffer, ExtensionMap.EMPTY)).isTrue();
            track.onRtp(nowMicros, stream, seq, rtp);
            buffer.release();
        }

        /// The recorded packet's, with other edges.
        private byte[] descriptor(Frame frame, boolean first, boolean last) {
            byte[] head = frame.descriptor().clone();
            switch (recording.codec()) {
                case VP8 -> head[0] = (byte) (head[0] & ~0x10 | (first ? 0x10 : 0));
                case VP9 -> head[0] = (byte) (head[0] & ~0x0C | (first ? 0x08 : 0) | (last ? 0x04 : 0));
                case AV1 -> head[0] = (byte) (head[0] & 0x08 | 0x10 | (first ? 0 : 0x80) | (last ? 0 : 0x40));
                case OPUS, H264, H265 -> {
                    // nothing in front
                }
            }
            if (recording.codec() == Codec.AV1 && !first) {
                head[0] &= ~0x08;
            }
            return head;
        }

        void close() {
            track.close();
            assertThat(pool.outstanding()).isZero();
        }
    }

    private static final class Stream implements IncomingStream {
        private final String rid;
        private final int ssrc;
        private long extendedSeq = 1 << 16;

        Stream(String rid, int ssrc) {
            this.rid = rid;
            this.ssrc = ssrc;
        }

        @Override
        public String mid() {
            return "0";
        }

        @Override
        public String rid() {
            return rid;
        }

        @Override
        public int ssrc() {
            return ssrc;
        }

        @Override
        public void requestKeyframe(long nowMicros) {}

        @Override
        public void forgetBefore(long seq) {}
    }
}
