package io.tributary.transport.peer;

import io.tributary.transport.sim.SimRtcp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Reads transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1) apart from the server's code
/// on purpose.
final class TwccLog {
    /// Arrival in micros by extended number, late corrections included.
    final TreeMap<Integer, Long> arrivals = new TreeMap<>();

    int packets;
    int highest;

    /// The number of the packet that is being sent, for a link's filter to look at.
    int sent;

    void onRtcp(SimRtcp packet) {
        if (!packet.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.TWCC)) {
            return;
        }
        packets++;
        ByteBuffer in = ByteBuffer.wrap(packet.body()).position(8);
        int base = in.getShort() & 0xFFFF;
        int count = in.getShort() & 0xFFFF;
        long micros = (in.getInt() >> 8) * 64_000L;
        int first = highest == 0 ? base : highest + (short) (base - highest);
        List<Integer> statuses = new ArrayList<>();
        while (statuses.size() < count) {
            int chunk = in.getShort() & 0xFFFF;
            if (chunk >>> 15 == 0) {
                for (int i = 0; i < (chunk & 0x1FFF); i++) {
                    statuses.add(chunk >>> 13 & 3);
                }
            } else if ((chunk >>> 14 & 1) == 0) {
                for (int i = 13; i >= 0; i--) {
                    statuses.add(chunk >>> i & 1);
                }
            } else {
                for (int i = 12; i >= 0; i -= 2) {
                    statuses.add(chunk >>> i & 3);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            if (statuses.get(i) != 0) {
                micros += 250L * (statuses.get(i) == 1 ? in.get() & 0xFF : in.getShort());
                arrivals.put(first + i, micros);
            }
            highest = Math.max(highest, first + i);
        }
    }
}
