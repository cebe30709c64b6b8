package io.tributary.transport.cc;

import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtcp.RtcpWriter;
import io.tributary.transport.rtcp.TransportFeedbackWriter;
import io.tributary.transport.rtp.SequenceUnwrapper;

/// Tells a congestion-controlled sender when its packets arrived
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01): all streams of one connection together, every
/// [#INTERVAL_MICROS] while packets arrive.
public final class TwccReceiver {
    /// libwebrtc's default. Fresher feedback than twice per round trip makes no estimate better.
    public static final long INTERVAL_MICROS = 100_000;

    private final SequenceUnwrapper unwrapper = new SequenceUnwrapper();
    private final TransportFeedbackWriter arrivals = new TransportFeedbackWriter();
    private long deadlineMicros = Timed.NEVER;
    private int latestSsrc;

    /// A packet arrived, of whatever stream.
    ///
    /// @param seq its 16-bit transport-wide number
    /// @param ssrc of the stream that it came on
    public void onPacket(long nowMicros, int seq, int ssrc) {
        long extendedSeq = unwrapper.unwrap(seq);
        if (extendedSeq < 0) {
            return; // from before the first that we saw, and the numbers began at zero
        }
        arrivals.onPacket(extendedSeq, nowMicros);
        latestSsrc = ssrc;
        if (deadlineMicros == Timed.NEVER) {
            deadlineMicros = nowMicros + INTERVAL_MICROS;
        }
    }

    /// When [#write] has something to say, [Timed#NEVER] while nothing arrives.
    public long nextDeadlineMicros() {
        return deadlineMicros;
    }

    /// Adds one feedback packet to `packet`. It names the SSRC of the latest packet, since senders ignore feedback on
    /// SSRCs that are not theirs.
    ///
    /// @return whether there is more to say, in another packet
    public boolean write(RtcpWriter packet, int senderSsrc) {
        boolean written = packet.transportFeedback(senderSsrc, latestSsrc, arrivals);
        if (written && arrivals.hasNews()) {
            return true;
        }
        deadlineMicros = Timed.NEVER;
        return false;
    }
}
