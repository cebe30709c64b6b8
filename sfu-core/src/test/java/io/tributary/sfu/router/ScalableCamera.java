package io.tributary.sfu.router;

import io.tributary.transport.sim.SimSender;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// A VP9 sender of three spatial and three temporal layers in one stream, `L3T3_KEY`: spatial layers refer to each
/// other in key pictures only. A key picture follows a PLI with the next capture.
final class ScalableCamera implements Film {
    private static final int[] TEMPORAL_LAYERS = {0, 2, 1, 2};
    private static final int TOP = 2;
    private static final int HEAD_BYTES = 5;

    private final Call.Person person;
    private final SimSender sender;
    private final Map<Long, Capture> captures = new HashMap<>();
    private final int timestampStart;
    private int picture;
    private int tl0;
    private int answered = -1;
    private int round;
    private long number;
    private long nextBody;
    private boolean stopped;

    ScalableCamera(Call.Person person, String mid, int ssrc) {
        this.person = person;
        timestampStart = random(Integer.MAX_VALUE);
        picture = random(1 << 15);
        tl0 = random(1 << 8);
        nextBody = (long) ssrc << 32;
        sender = new SimSender(person.client, Call.VP9, ssrc, random(1 << 16))
                .repairs(Call.VP9_RTX, ssrc + Call.REPAIR_SSRC)
                .extension(Call.MID_ID, mid)
                .repairExtension(Call.MID_ID, mid);
    }

    void start() {
        person.call.world.every(Camera.FRAME_MICROS, () -> {
            if (!stopped) {
                encode(person.call.world.nowMicros());
            }
            return !stopped;
        });
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
        return payload.getLong(HEAD_BYTES + (hasStructure(payload) ? 1 : 0));
    }

    @Override
    public int picture(ByteBuffer payload) {
        return payload.getShort(1) & 0x7FFF;
    }

    @Override
    public boolean startsKeyframe(ByteBuffer payload) {
        return hasStructure(payload);
    }

    /// Ids tell receivers what a picture refers to: they do not move up when others are left out.
    @Override
    public boolean countsPictures() {
        return false;
    }

    @Override
    public void blank(ByteBuffer payload) {
        payload.putShort(1, (short) 0x8000).put(4, (byte) 0);
    }

    private void encode(long nowMicros) {
        boolean key = sender.keyframeRequests() > answered;
        answered = sender.keyframeRequests();
        picture = (picture + 1) & 0x7FFF;
        round = key ? 0 : (round + 1) % TEMPORAL_LAYERS.length;
        int temporalLayer = TEMPORAL_LAYERS[round];
        tl0 = (tl0 + (temporalLayer == 0 ? 1 : 0)) & 0xFF;
        int timestampTicks = timestampStart + (int) (nowMicros * 90 / 1_000);
        for (int layer = 0; layer <= TOP; layer++) {
            int packets = key ? 2 : 1 + layer / 2;
            for (int i = 0; i < packets; i++) {
                boolean first = i == 0;
                boolean last = i == packets - 1;
                long body = nextBody++;
                byte[] payload = payload(layer, temporalLayer, key, first, last, body);
                var capture = new Capture(
                        layer,
                        temporalLayer,
                        false,
                        nowMicros,
                        packets,
                        sender.ssrc(),
                        number++,
                        layer == TOP || key,
                        ByteBuffer.wrap(payload));
                captures.put(body, capture);
                sender.send(timestampTicks, last && layer == TOP, payload);
            }
        }
    }

    private byte[] payload(int layer, int temporalLayer, boolean key, boolean first, boolean last, long body) {
        boolean structure = key && first && layer == 0;
        boolean switchingUp = temporalLayer < 2;
        ByteBuffer payload = ByteBuffer.allocate(60 + 100 * layer);
        payload.put((byte) (0xA0
                        | (key ? 0 : 0x40)
                        | (first ? 0x08 : 0)
                        | (last ? 0x04 : 0)
                        | (structure ? 0x02 : 0)
                        | (key && layer < TOP ? 0 : 0x01)))
                .putShort((short) (0x8000 | picture))
                .put((byte)
                        (temporalLayer << 5 | (switchingUp ? 0x10 : 0) | layer << 1 | (key && layer > 0 ? 0x01 : 0)))
                .put((byte) tl0);
        if (structure) {
            payload.put((byte) (TOP << 5));
        }
        payload.putLong(body);
        Noise.fill(payload, body);
        return payload.array();
    }

    private static boolean hasStructure(ByteBuffer payload) {
        return (payload.get(0) & 0x02) != 0;
    }

    private int random(int bound) {
        return person.call.world.random().nextInt(bound);
    }
}
