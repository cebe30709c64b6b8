package io.tributary.sfu.forward;

import io.tributary.transport.peer.OutgoingHeader;
import io.tributary.transport.peer.OutgoingStream;
import io.tributary.transport.rtp.RtpPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An outgoing stream that writes down what it is told to send.
final class RecordedStream implements OutgoingStream {
    /// One packet, its payload cut behind what was replaced.
    record Sent(int seq, int timestampTicks, boolean marker, ByteBuffer prefix, ByteBuffer body) {
        /// Whether nothing of any frame is in it.
        boolean empty() {
            return !prefix.hasRemaining() && !body.hasRemaining();
        }

        static Sent of(RtpPacket source, OutgoingHeader header) {
            int from = source.payloadOffset() + header.replacedBytes;
            int to = source.payloadOffset() + source.payloadLength();
            return new Sent(
                    header.seq,
                    header.timestampTicks,
                    header.marker,
                    ByteBuffer.wrap(Arrays.copyOf(header.prefix, header.prefixBytes)),
                    ByteBuffer.wrap(Arrays.copyOfRange(source.array(), from, to)));
        }
    }

    record Report(long ntpTime, int timestampTicks) {}

    private final OutgoingHeader header = new OutgoingHeader();
    final List<Sent> sent = new ArrayList<>();
    final List<Sent> resent = new ArrayList<>();
    final List<Report> reports = new ArrayList<>();
    long roundTripMicros;
    boolean closed;

    @Override
    public OutgoingHeader header() {
        return header;
    }

    @Override
    public void send(long nowMicros, RtpPacket source, OutgoingHeader look) {
        sent.add(Sent.of(source, look));
    }

    @Override
    public void resend(long nowMicros, RtpPacket source, OutgoingHeader look) {
        resent.add(Sent.of(source, look));
    }

    @Override
    public void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks) {
        reports.add(new Report(ntpTime, rtpTimestampTicks));
    }

    @Override
    public long roundTripMicros() {
        return roundTripMicros;
    }

    @Override
    public void close() {
        closed = true;
    }
}
