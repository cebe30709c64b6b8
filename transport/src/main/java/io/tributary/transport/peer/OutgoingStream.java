package io.tributary.transport.peer;

import io.tributary.transport.rtp.RtpPacket;

/// One SSRC that we send to a peer, with its retransmission SSRC. Media loop only.
public interface OutgoingStream {
    /// What to fill before a packet is sent. All streams of a connection share it, so it says nothing after that.
    OutgoingHeader header();

    /// Sends the payload and the end-to-end header extensions of `source` under `header`. Copies; `source` is only
    /// read.
    /// Does nothing before the connection is secured.
    void send(long nowMicros, RtpPacket source, OutgoingHeader header);

    /// Sends it again as a retransmission (RFC 4588) on the RTX SSRC. Where none is agreed it is dropped: SRTP uses no
    /// number twice.
    void resend(long nowMicros, RtpPacket source, OutgoingHeader header);

    /// Sends a sender report: `ntpTime` (publisher's clock) is the moment of `rtpTimestampTicks` (this stream's ticks).
    void sendSenderReport(long nowMicros, long ntpTime, int rtpTimestampTicks);

    /// Smoothed round-trip time of the connection, 0 while unknown.
    long roundTripMicros();

    /// Ends the stream: nothing is sent and no feedback arrives any more. The SSRC may not be used again.
    void close();
}
