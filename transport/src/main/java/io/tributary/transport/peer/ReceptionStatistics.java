package io.tributary.transport.peer;

import io.tributary.transport.rtcp.NtpTime;

/// What a receiver counts about one incoming stream, and what it reports of it (RFC 3550 §6.4.1, A.3, A.8).
///
/// Reports speak of the network: a packet that came only as a retransmission stays lost in them, or the sender would
/// not learn of the loss that it repairs. [#stats] speaks of the media: there it is not lost.
final class ReceptionStatistics {
    private static final int MAX_CUMULATIVE_LOST = 0x7F_FFFF; // 24 bits, signed
    private static final long NONE = Long.MIN_VALUE;

    private final int clockRateHz;
    private long base = NONE;
    private long highest = NONE;
    private long direct;
    private long recovered;
    private long bytes;

    private long jitterSixteenths;
    private int lastTransit;
    private int lastTimestamp;
    private boolean haveTransit;

    private long expectedAtReport;
    private long directAtReport;

    private long settledAtQuality;
    private long arrivedAtQuality;

    private int lastSenderReport; // the middle 32 bits of its NTP time
    private long lastSenderReportMicros;
    private boolean haveSenderReport;

    ReceptionStatistics(int clockRateHz) {
        this.clockRateHz = clockRateHz;
    }

    /// A packet came as the sender first sent it.
    void onPacket(long nowMicros, long extendedSeq, int timestampTicks, int sizeBytes) {
        onSeq(extendedSeq);
        direct++;
        bytes += sizeBytes;
        if (extendedSeq == highest && (!haveTransit || timestampTicks != lastTimestamp)) {
            // Packets of one frame share a timestamp and are spread by the pacer: only the first says something.
            int transit = (int) (nowMicros * clockRateHz / 1_000_000) - timestampTicks;
            if (haveTransit) {
                long difference = Math.abs((long) (transit - lastTransit));
                jitterSixteenths += difference - ((jitterSixteenths + 8) >> 4);
            }
            lastTransit = transit;
            lastTimestamp = timestampTicks;
            haveTransit = true;
        }
    }

    /// A packet came as a retransmission, and not otherwise before.
    void onRecovered(long extendedSeq, int sizeBytes) {
        onSeq(extendedSeq);
        recovered++;
        bytes += sizeBytes;
    }

    void onSenderReport(long nowMicros, long ntpTime) {
        lastSenderReport = NtpTime.middle(ntpTime);
        lastSenderReportMicros = nowMicros;
        haveSenderReport = true;
    }

    /// Whether there is anything to report.
    boolean started() {
        return base != NONE;
    }

    /// Loss since this was last asked, in 256ths; starts the next interval.
    int takeFractionLost() {
        long expected = expected() - expectedAtReport;
        long lost = expected - (direct - directAtReport);
        expectedAtReport = expected();
        directAtReport = direct;
        return expected <= 0 || lost <= 0 ? 0 : (int) Math.min(255, 256 * lost / expected);
    }

    int cumulativeLost() {
        return Math.clamp(expected() - direct, -MAX_CUMULATIVE_LOST - 1, MAX_CUMULATIVE_LOST);
    }

    /// Cycles counted from the first packet's.
    long highestSequenceReceived() {
        return (highest - (base & ~0xFFFFL));
    }

    int jitterTicks() {
        return (int) Math.min(Integer.MAX_VALUE, jitterSixteenths >> 4);
    }

    /// LSR, 0 before the first sender report.
    int lastSenderReport() {
        return lastSenderReport;
    }

    /// DLSR in 1/65,536 s, 0 before the first sender report.
    int delaySinceSenderReport(long nowMicros) {
        return haveSenderReport ? NtpTime.toShortUnits(nowMicros - lastSenderReportMicros) : 0;
    }

    /// Adds what happened since this was last asked to `interval`. Packets that are still being asked for count neither
    /// way.
    void takeInterval(int outstanding, LossInterval interval) {
        if (!started()) {
            return;
        }
        long settled = Math.max(settledAtQuality, expected() - outstanding);
        long arrived = direct + recovered;
        interval.add(settled - settledAtQuality, arrived - arrivedAtQuality);
        settledAtQuality = settled;
        arrivedAtQuality = arrived;
    }

    StreamStats stats() {
        return new StreamStats(direct + recovered, bytes, expected() - direct - recovered, jitterTicks());
    }

    private void onSeq(long extendedSeq) {
        if (base == NONE) {
            base = extendedSeq;
            highest = extendedSeq;
        }
        base = Math.min(base, extendedSeq); // the very first packets may be reordered
        highest = Math.max(highest, extendedSeq);
    }

    private long expected() {
        return started() ? highest - base + 1 : 0;
    }
}
