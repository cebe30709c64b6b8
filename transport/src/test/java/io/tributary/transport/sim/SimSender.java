package io.tributary.transport.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One stream that a [SimPeer] sends: numbers its packets, remembers them, and answers NACKs with RTX.
public final class SimSender {
    private final SimPeer peer;
    private final int payloadType;
    private final int ssrc;
    private final Map<Integer, byte[]> extensions = new TreeMap<>();
    private final Map<Integer, byte[]> repairExtensions = new TreeMap<>();
    private final Map<Integer, SimRtp> history = new HashMap<>();
    private @Nullable TransportCounter transport;
    private int transportCcId;
    private int repairType;
    private int repairSsrc;
    private int repairSeq;
    private int seq;
    private int keyframeRequests;

    public SimSender(SimPeer peer, int payloadType, int ssrc, int firstSeq) {
        this.peer = peer;
        this.payloadType = payloadType;
        this.ssrc = ssrc;
        seq = firstSeq;
        peer.onRtcp(this::onRtcp);
    }

    /// Retransmits on `newRepairSsrc` what is asked for.
    public SimSender repairs(int newRepairType, int newRepairSsrc) {
        repairType = newRepairType;
        repairSsrc = newRepairSsrc;
        return this;
    }

    /// Puts an extension into each packet.
    public SimSender extension(int id, String text) {
        extensions.put(id, text.getBytes(UTF_8));
        return this;
    }

    /// Puts an extension into each retransmission, instead of those of [#extension].
    public SimSender repairExtension(int id, String text) {
        repairExtensions.put(id, text.getBytes(UTF_8));
        return this;
    }

    /// Numbers packets transport-wide under header extension `id`.
    public SimSender transportWide(int id, TransportCounter counter) {
        transportCcId = id;
        transport = counter;
        return this;
    }

    public int ssrc() {
        return ssrc;
    }

    /// Of the next packet.
    public int nextSeq() {
        return seq;
    }

    public int keyframeRequests() {
        return keyframeRequests;
    }

    /// Sends the next packet; the answer is the datagram.
    public byte[] send(int timestampTicks, boolean marker, byte[] payload) {
        var packet = new SimRtp(marker, payloadType, seq, timestampTicks, ssrc, extensions, payload, 0);
        history.put(seq, packet);
        seq = (seq + 1) & 0xFFFF;
        return peer.send(numbered(packet));
    }

    /// Pretends to have sent the next packet: it is lost, but can be asked for.
    public void lose(int timestampTicks, boolean marker, byte[] payload) {
        history.put(seq, new SimRtp(marker, payloadType, seq, timestampTicks, ssrc, extensions, payload, 0));
        seq = (seq + 1) & 0xFFFF;
    }

    /// Retransmits one packet, asked or not.
    public void repair(int lostSeq) {
        SimRtp packet = history.get(lostSeq);
        if (packet != null && repairSsrc != 0) {
            SimRtp repair = packet.asRepair(repairType, repairSsrc, repairSeq++);
            peer.send(numbered(new SimRtp(
                    repair.marker(),
                    repair.payloadType(),
                    repair.seq(),
                    repair.timestampTicks(),
                    repair.ssrc(),
                    repairExtensions,
                    repair.payload(),
                    0)));
        }
    }

    private SimRtp numbered(SimRtp packet) {
        TransportCounter counter = transport;
        return counter == null
                ? packet
                : packet.with(
                        transportCcId,
                        ByteBuffer.allocate(2).putShort((short) counter.next++).array());
    }

    private void onRtcp(SimRtcp packet) {
        if (packet.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK) && packet.mediaSsrc() == ssrc) {
            packet.missing().forEach(this::repair);
        } else if (packet.is(SimRtcp.PAYLOAD_FEEDBACK, SimRtcp.PLI) && packet.mediaSsrc() == ssrc) {
            keyframeRequests++;
        }
    }

    /// The transport-wide sequence number that all streams of one peer share.
    public static final class TransportCounter {
        private int next;

        public TransportCounter() {}

        public TransportCounter(int first) {
            next = first;
        }
    }
}
