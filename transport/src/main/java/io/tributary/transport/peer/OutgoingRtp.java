package io.tributary.transport.peer;

import io.tributary.transport.io.DropCounter;
import io.tributary.transport.rtp.RtpPacket;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The sending half of a connection: its outgoing streams by SSRC, and what they share.
final class OutgoingRtp {
    /// RTX streams start below this, so that a receiver that misses their first packets still agrees on the SRTP
    /// roll-over counter (RFC 3711 §3.3.1).
    private static final int FIRST_REPAIR_SEQ_BOUND = 1 << 15;

    final SecureOutput output;
    final RtcpSender rtcp;
    final RoundTrip roundTrip;
    final SentReports sentReports = new SentReports();
    final DropCounter<PeerDrop> drops;
    final RepairCounters repairCounters;
    final PeerFailure failure;
    final TransportSequence transportSequence = new TransportSequence();
    final OutgoingPacket packet = new OutgoingPacket();
    final OutgoingHeader header = new OutgoingHeader();

    private final PacedPackets paced = new PacedPackets();
    private final Runnable onPaced;
    private final SsrcTable<OutgoingRtpStream> streams;
    private final SsrcTable<OutgoingRtpStream> repairs;
    private final RandomGenerator random;

    /// A sending half without streams.
    ///
    /// @param onPaced called when [#pacingDeadlineMicros] was never and is no longer
    OutgoingRtp(
            SecureOutput output,
            RtcpSender rtcp,
            RoundTrip roundTrip,
            DropCounter<PeerDrop> drops,
            RepairCounters repairCounters,
            PeerFailure failure,
            Runnable onPaced,
            RandomGenerator random) {
        this.onPaced = onPaced;
        this.output = output;
        this.rtcp = rtcp;
        this.roundTrip = roundTrip;
        this.drops = drops;
        this.repairCounters = repairCounters;
        this.failure = failure;
        this.random = random;
        int tableSecret = random.nextInt();
        streams = new SsrcTable<>(tableSecret);
        repairs = new SsrcTable<>(tableSecret);
    }

    OutgoingStream add(OutgoingMedia media, OutgoingFeedback feedback) {
        if (taken(media.ssrc()) || (media.rtxSsrc() != 0 && taken(media.rtxSsrc()))) {
            throw new IllegalStateException("an outgoing SSRC is used twice in one connection");
        }
        var stream = new OutgoingRtpStream(media, feedback, this, random.nextInt(FIRST_REPAIR_SEQ_BOUND));
        streams.put(media.ssrc(), stream);
        if (media.rtxSsrc() != 0) {
            repairs.put(media.rtxSsrc(), stream);
        }
        return stream;
    }

    void remove(OutgoingRtpStream stream) {
        OutgoingMedia media = stream.media();
        streams.remove(media.ssrc());
        output.retire(media.ssrc());
        if (media.rtxSsrc() != 0) {
            repairs.remove(media.rtxSsrc());
            output.retire(media.rtxSsrc());
        }
    }

    /// The stream with this primary SSRC.
    @Nullable
    OutgoingRtpStream stream(int ssrc) {
        return streams.get(ssrc);
    }

    /// Lets a packet wait for its slice.
    void pace(long nowMicros, OutgoingRtpStream stream, RtpPacket source, OutgoingHeader header) {
        boolean wasEmpty = paced.isEmpty();
        paced.add(nowMicros, stream, source, header);
        if (wasEmpty && !paced.isEmpty()) {
            onPaced.run();
        }
    }

    /// When what waits is to go on.
    long pacingDeadlineMicros() {
        return paced.nextDeadlineMicros();
    }

    void sendPaced(long nowMicros) {
        paced.onDeadline(nowMicros);
    }

    /// Gives up what waits.
    void close() {
        paced.close();
    }

    private boolean taken(int ssrc) {
        return streams.get(ssrc) != null || repairs.get(ssrc) != null;
    }
}
