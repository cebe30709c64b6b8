package io.tributary.transport.peer;

import io.tributary.transport.rtp.RtpPacket;

/// Who gets the packets of one incoming m-line. Called on the peer's loop.
public interface IncomingMediaSink {
    /// A primary SSRC showed itself (by declaration, or by mid and rid) for the first time.
    void onStream(long nowMicros, IncomingStream stream);

    /// One media packet, decrypted, not a duplicate, retransmissions already unwrapped to their original form; in order
    /// of arrival. Empty where a sender fills up its rate with padding. Packet and buffer are lent.
    void onRtp(long nowMicros, IncomingStream stream, long extendedSeq, RtpPacket packet);

    /// Packets of the stream are missing for good: asked for in vain, or too many to ask for.
    void onLoss(long nowMicros, IncomingStream stream);

    /// The publisher's clock: `ntpTime` (64-bit NTP, RFC 3550 §4) is the moment of `rtpTimestampTicks`.
    void onSenderReport(long nowMicros, IncomingStream stream, long ntpTime, int rtpTimestampTicks);
}
