package io.tributary.sfu.router;

import io.tributary.frames.LiveKitTrailer;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimSender;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A VP8 simulcast sender of three layers at 30 frames a second that behaves as libwebrtc does: all layers encode the
/// same captures, each with numbers of its own, a key frame follows a PLI with the next capture, and sender reports
/// tell the layers' clocks.
final class Camera implements Film {
    static final long FRAME_MICROS = 33_333;
    private static final long REPORT_MICROS = 1_000_000;

    /// The temporal layers of libvpx: 0, 2, 1, 2, with frames to step up at in every other round.
    private static final int[] TEMPORAL_LAYERS = {0, 2, 1, 2, 0, 2, 1, 2};

    private static final boolean[] LAYER_SYNC = {false, true, true, false, false, false, false, false};

    /// One layer's encoder.
    final class Encoder {
        final int index;
        SimSender sender;
        int timestampStart;
        boolean running = true;
        private int picture;
        private int tl0;
        private int key;
        private long number;
        private int answered = -1;
        private int round;

        Encoder(int index, int ssrc) {
            this.index = index;
            sender = sender(ssrc);
            timestampStart = random(Integer.MAX_VALUE);
            picture = random(1 << 15);
            tl0 = random(1 << 8);
            key = random(1 << 5);
        }

        private SimSender sender(int ssrc) {
            return new SimSender(person.client, Call.VP8, ssrc, random(1 << 16))
                    .repairs(Call.RTX, ssrc + 10)
                    .extension(Call.MID_ID, mid)
                    .extension(Call.RID_ID, Call.RIDS.get(index))
                    .repairExtension(Call.MID_ID, mid)
                    .repairExtension(Call.REPAIRED_RID_ID, Call.RIDS.get(index));
        }

        /// Starts over under another SSRC with other numbers, as a client does that changed its camera the hard way.
        void restart(int newSsrc) {
            sender = sender(newSsrc);
            answered = -1;
            timestampStart = random(Integer.MAX_VALUE);
            picture = random(1 << 15);
            tl0 = random(1 << 8);
        }

        int timestampTicks(long micros) {
            return timestampStart + (int) (micros * 90 / 1_000);
        }

        private void encode(long nowMicros) {
            boolean keyframe = sender.keyframeRequests() > answered;
            answered = sender.keyframeRequests();
            keyframes += keyframe ? 1 : 0;
            picture = (picture + 1) & 0x7FFF;
            round = keyframe ? 0 : (round + 1) % TEMPORAL_LAYERS.length;
            int temporalLayer = TEMPORAL_LAYERS[round];
            boolean layerSync = LAYER_SYNC[round];
            tl0 = (tl0 + (temporalLayer == 0 ? 1 : 0)) & 0xFF;
            key = keyframe ? (key + 1) & 0x1F : key;
            int packets = keyframe ? 4 : 1 + index;
            for (int i = 0; i < packets; i++) {
                long body = nextBody++;
                boolean last = i == packets - 1;
                ByteBuffer payload =
                        ByteBuffer.allocate(15 + 100 * index + (last && encrypted ? LiveKitTrailer.SIZE_BYTES : 0));
                payload.put((byte) (0x80 | (i == 0 ? 0x10 : 0)))
                        .put((byte) 0xF0)
                        .putShort((short) (0x8000 | picture))
                        .put((byte) tl0)
                        .put((byte) (temporalLayer << 6 | (layerSync ? 0x20 : 0) | key))
                        .put((byte) (keyframe ? 0 : 1))
                        .putLong(body);
                Noise.fill(payload, body);
                if (last && encrypted) {
                    payload.put(payload.limit() - 2, (byte) LiveKitTrailer.IV_SIZE_BYTES)
                            .put(payload.limit() - 1, (byte) keyIndex);
                }
                boolean top = index == Call.RIDS.size() - 1;
                captures.put(
                        body,
                        new Capture(
                                index,
                                temporalLayer,
                                layerSync,
                                nowMicros,
                                packets,
                                sender.ssrc(),
                                number++,
                                top,
                                payload));
                sender.send(timestampTicks(nowMicros), last, payload.array());
            }
        }

        int keyframeRequests() {
            return sender.keyframeRequests();
        }
    }

    final Call.Person person;
    final String mid;
    final List<Encoder> encoders = new ArrayList<>();
    final Map<Long, Capture> captures = new HashMap<>();
    int keyframes;

    /// Whether frames end as LiveKit's encrypted ones do, and the key that they then name.
    boolean encrypted;

    int keyIndex;
    private long nextBody;
    private boolean stopped;

    Camera(Call.Person person, String mid, int ssrc) {
        this.person = person;
        this.mid = mid;
        nextBody = (long) ssrc << 32;
        for (int i = 0; i < Call.RIDS.size(); i++) {
            encoders.add(new Encoder(i, ssrc + i));
        }
    }

    void start() {
        person.call.world.every(FRAME_MICROS, () -> {
            if (!stopped) {
                long now = person.call.world.nowMicros();
                encoders.stream().filter(encoder -> encoder.running).forEach(encoder -> encoder.encode(now));
            }
            return !stopped;
        });
        person.call.world.every(REPORT_MICROS, () -> {
            if (!stopped) {
                report();
            }
            return !stopped;
        });
    }

    /// Stops or starts all layers, as a client does that mutes.
    void running(boolean yes) {
        encoders.forEach(encoder -> encoder.running = yes);
    }

    /// Begins anew as a page does that was loaded again: other SSRCs, numbers and clocks, key frames first.
    void restart(int ssrc) {
        for (int i = 0; i < encoders.size(); i++) {
            encoders.set(i, new Encoder(i, ssrc + i));
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public Capture capture(long body) {
        return Objects.requireNonNull(captures.get(body), "nobody sent this");
    }

    @Override
    public long body(ByteBuffer payload) {
        return payload.getLong(7);
    }

    @Override
    public int picture(ByteBuffer payload) {
        return payload.getShort(2) & 0x7FFF;
    }

    @Override
    public boolean startsKeyframe(ByteBuffer payload) {
        return (payload.get(0) & 0x10) != 0 && (payload.get(6) & 1) == 0;
    }

    @Override
    public boolean countsPictures() {
        return true;
    }

    @Override
    public void blank(ByteBuffer payload) {
        payload.putShort(2, (short) 0x8000).put(4, (byte) 0).put(5, (byte) (payload.get(5) & 0xE0));
    }

    /// The publisher's wall clock: 64-bit NTP.
    static long ntpTime(long micros) {
        return ((micros / 1_000_000) << 32) + (((micros % 1_000_000) << 32) / 1_000_000);
    }

    private void report() {
        long now = person.call.world.nowMicros();
        for (Encoder encoder : encoders) {
            person.client.sendRtcp(
                    SimRtcp.senderReport(encoder.sender.ssrc(), ntpTime(now), encoder.timestampTicks(now), 1, 1));
        }
    }

    private int random(int bound) {
        return person.call.world.random().nextInt(bound);
    }
}
