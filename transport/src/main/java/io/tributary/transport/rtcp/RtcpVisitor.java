package io.tributary.transport.rtcp;

/// Who hears what a compound RTCP packet says, in the order it says it. SSRCs and RTP timestamps are unsigned
/// 32-bit numbers in ints. Override what matters.
public interface RtcpVisitor {
    /// RFC 3550 §6.4.1: at `ntpTime` the sender's media clock showed `rtpTimestampTicks`. Its report blocks follow.
    default void onSenderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets) {}

    /// One report block, of a sender or receiver report.
    ///
    /// @param fractionLost in 1/256, since the last report
    /// @param cumulativeLost may be negative when there were duplicates
    /// @param highestSeq extended: cycles in the upper 16 bits
    /// @param lastSr middle 32 bits of the last sender report's NTP time, 0 when there was none
    /// @param delaySinceLastSr in 1/65536 s
    default void onReportBlock(
            int reporterSsrc,
            int ssrc,
            int fractionLost,
            int cumulativeLost,
            long highestSeq,
            long jitterTicks,
            int lastSr,
            int delaySinceLastSr) {}

    /// RFC 4585 §6.2.1: `pid` is missing, and so is `pid + 1 + i` for each set bit `i` of the 16 in `blp`.
    default void onNack(int senderSsrc, int mediaSsrc, int pid, int blp) {}

    /// RFC 4585 §6.3.1.
    default void onPli(int mediaSsrc) {}

    /// RFC 5104 §4.3.1: `seqNr` (8 bits) is the same for repetitions of one request.
    default void onFir(int mediaSsrc, int seqNr) {}

    /// Transport-wide feedback begins; `statusCount` calls of [#onTransportPacket] follow.
    ///
    /// @param feedbackCount 8 bits, one up for each feedback packet
    /// @param referenceTimeMicros in the sender's clock, a multiple of 64 ms, wrapping every 12 days
    default void onTransportFeedback(
            int senderSsrc, int mediaSsrc, int feedbackCount, int baseSeq, int statusCount, long referenceTimeMicros) {}

    /// One packet of transport-wide feedback.
    ///
    /// @param seq 16-bit transport-wide number
    /// @param deltaMicros since the packet received before it in this feedback, for the first since the reference
    /// time; 0 when not received
    default void onTransportPacket(int seq, boolean received, long deltaMicros) {}

    default void onBye(int ssrc) {}

    /// Anything else: SDES, REMB, extended reports, what is yet to be invented.
    ///
    /// @param format the five bits after version and padding
    default void onOther(int packetType, int format) {}
}
