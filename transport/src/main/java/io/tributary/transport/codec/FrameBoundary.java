package io.tributary.transport.codec;

import io.tributary.transport.rtp.RtpPacket;

/// Where frames begin in a codec whose payload doesn't say: behind a marker, or where the timestamp changes
/// (RFC 6184 §5.1). After a loss nobody can tell, and nothing begins.
final class FrameBoundary {
    private boolean started;
    private long newestSeq;
    private int newestTimestampTicks;

    /// Whether the packet is the first of its frame.
    boolean begins(RtpPacket packet, long extendedSeq) {
        if (started && extendedSeq <= newestSeq) {
            return false;
        }
        boolean begins = started && extendedSeq == newestSeq + 1 && packet.timestampTicks() != newestTimestampTicks;
        started = true;
        newestSeq = extendedSeq;
        newestTimestampTicks = packet.timestampTicks();
        return begins;
    }
}
