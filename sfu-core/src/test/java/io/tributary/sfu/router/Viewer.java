package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimRtp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The receiving end of one subscription in a client: keeps what came, asks again for what did not.
final class Viewer {
    private static final int CLIENT_SSRC = 1;
    private static final long NACK_MICROS = 40_000;

    /// In one NACK, the youngest: what is older may be gone for good.
    private static final int MOST_ASKED = 50;

    /// One packet as it came, retransmissions unwrapped.
    record Arrival(
            long atMicros, long extendedSeq, int timestampTicks, boolean marker, boolean repaired, ByteBuffer payload) {
        int picture() {
            return payload.getShort(2) & 0x7FFF;
        }

        /// Not so for what fills the number of a packet that was left out.
        boolean carriesFrame() {
            return payload.hasRemaining();
        }

        boolean startsKeyframe() {
            return (payload.get(0) & 0x10) != 0 && (payload.get(6) & 1) == 0;
        }

        /// What the camera put into it, behind the descriptor and the frame's first byte.
        long body() {
            return payload.getLong(7);
        }
    }

    record Report(long ntpTime, int timestampTicks) {}

    final Call.Person person;
    final TrackSid track;
    final int ssrc;
    final List<Arrival> arrivals = new ArrayList<>();
    final TreeMap<Long, Arrival> bySeq = new TreeMap<>();
    final List<Report> reports = new ArrayList<>();
    private final int repairSsrc;
    private boolean asksAgain;

    Viewer(Call.Person person, TrackSid track, int ssrc, int repairSsrc) {
        this.person = person;
        this.track = track;
        this.ssrc = ssrc;
        this.repairSsrc = repairSsrc;
        person.client.onRtp(this::onRtp);
        person.client.onRtcp(this::onRtcp);
    }

    /// Sends NACKs for what is missing, every now and then, from here on.
    Viewer asksAgain() {
        asksAgain = true;
        person.call.world.every(NACK_MICROS, () -> {
            int[] missing = missing().reversed().stream()
                    .mapToInt(seq -> (int) (long) seq & 0xFFFF)
                    .limit(MOST_ASKED)
                    .toArray();
            if (asksAgain && missing.length > 0) {
                nack(missing);
            }
            return asksAgain;
        });
        return this;
    }

    void nack(int... seqs) {
        person.client.sendRtcp(SimRtcp.nack(CLIENT_SSRC, ssrc, seqs));
    }

    void pli() {
        person.client.sendRtcp(SimRtcp.pli(CLIENT_SSRC, ssrc));
    }

    void demand(LayerDemand demand) {
        person.call.plane.demand(person.id, track, demand);
    }

    void unsubscribe() {
        person.call.plane.unsubscribe(person.id, track);
    }

    Arrival last() {
        return arrivals.getLast();
    }

    int lastLayer(Camera camera) {
        return layer(camera, last());
    }

    static int layer(Camera camera, Arrival arrival) {
        return camera.capture(arrival.body()).layer();
    }

    /// Numbers between the first and the last that never came, the youngest thousand of them looked at.
    List<Long> missing() {
        var missing = new ArrayList<Long>();
        if (!bySeq.isEmpty()) {
            for (long seq = Math.max(bySeq.firstKey(), bySeq.lastKey() - 1_000); seq < bySeq.lastKey(); seq++) {
                if (!bySeq.containsKey(seq)) {
                    missing.add(seq);
                }
            }
        }
        return missing;
    }

    /// The longest time without a packet since `sinceMicros`.
    long longestSilenceMicros(long sinceMicros) {
        long longest = 0;
        long last = sinceMicros;
        for (Arrival arrival : arrivals) {
            if (arrival.atMicros >= sinceMicros) {
                longest = Math.max(longest, arrival.atMicros - last);
                last = arrival.atMicros;
            }
        }
        return longest;
    }

    /// Numbers without gap or repetition, timestamps that rise with each frame, picture ids by one with each.
    void assertContinuous() {
        assertThat(missing()).isEmpty();
        assertThat(bySeq).hasSameSizeAs(arrivals);
        Arrival before = null;
        for (Arrival next : bySeq.values()) {
            if (before != null) {
                int step = next.timestampTicks - before.timestampTicks;
                assertThat(step > 0).as("timestamp at %s", next).isEqualTo(before.marker);
                assertThat(step).isNotNegative();
                assertThat((next.picture() - before.picture()) & 0x7FFF).isEqualTo(before.marker ? 1 : 0);
            }
            before = next;
        }
    }

    private void onRtp(SimRtp packet) {
        if (packet.ssrc() == ssrc) {
            arrive(packet.seq(), packet, ByteBuffer.wrap(packet.payload()), false);
        } else if (repairSsrc != 0 && packet.ssrc() == repairSsrc && packet.payload().length >= Short.BYTES) {
            ByteBuffer repaired = ByteBuffer.wrap(packet.payload());
            int seq = repaired.getShort() & 0xFFFF;
            arrive(seq, packet, repaired.slice(), true);
        }
    }

    private void arrive(int seq, SimRtp packet, ByteBuffer payload, boolean repaired) {
        long last = bySeq.isEmpty() ? seq : bySeq.lastKey();
        long extended = last + (short) (seq - (int) last);
        var arrival = new Arrival(
                person.call.world.nowMicros(), extended, packet.timestampTicks(), packet.marker(), repaired, payload);
        arrivals.add(arrival);
        bySeq.put(extended, arrival);
    }

    private void onRtcp(SimRtcp packet) {
        if (packet.type() == SimRtcp.SENDER_REPORT && packet.senderSsrc() == ssrc) {
            ByteBuffer body = ByteBuffer.wrap(packet.body());
            reports.add(new Report(body.getLong(4), body.getInt(12)));
        }
    }
}
