package io.tributary.transport.peer;

import io.tributary.transport.rtp.SequenceUnwrapper;

/// The state of one primary SSRC: what arrived, what is missing, what to report.
final class IncomingRtpStream implements IncomingStream {
    private final String mid;
    private final String rid;
    private final int ssrc;
    private final RtcpSender rtcp;
    private final SequenceUnwrapper unwrapper = new SequenceUnwrapper();

    /// Follows the m-line through renegotiation.
    IncomingLine line;

    final ReceivedWindow window = new ReceivedWindow();
    final NackGenerator nack = new NackGenerator();
    final ReceptionStatistics reception;

    /// When its SSRC or its retransmission SSRC was last learned from a packet, 0 when it never was.
    long learnedMicros;

    /// 0 while unknown.
    int repairSsrc;

    /// Of the next FIR: each is a new command (RFC 5104 §4.3.1.1).
    private int firSeq;

    /// Whether the sink knows of it.
    boolean announced;

    /// Extended numbers start in the second cycle, so that a packet from before the first is not negative.
    private static final long FIRST_CYCLE = 1 << 16;

    IncomingRtpStream(IncomingLine line, String rid, int ssrc, RtcpSender rtcp) {
        this.line = line;
        this.mid = line.media.mid();
        this.rid = rid;
        this.ssrc = ssrc;
        this.rtcp = rtcp;
        reception = new ReceptionStatistics(line.clockRateHz());
    }

    /// The extended number closest to the last.
    long extend(int seq) {
        return FIRST_CYCLE + unwrapper.unwrap(seq);
    }

    /// Whether a retransmission of `seq` cannot be this stream's: what is asked for, or sent again to probe, lies among
    /// the latest packets. Takes note of nothing.
    boolean isForeign(int seq) {
        return window.isFarFrom(FIRST_CYCLE + unwrapper.peek(seq));
    }

    @Override
    public String mid() {
        return mid;
    }

    @Override
    public String rid() {
        return rid;
    }

    @Override
    public int ssrc() {
        return ssrc;
    }

    @Override
    public void requestKeyframe(long nowMicros) {
        if (line.keyframesByFir()) {
            rtcp.fullIntra(ssrc, firSeq);
            firSeq = (firSeq + 1) & 0xFF;
        } else {
            rtcp.pictureLoss(ssrc);
        }
    }

    @Override
    public void forgetBefore(long extendedSeq) {
        nack.forgetBefore(extendedSeq);
    }
}
