package io.tributary.transport.peer;

import io.tributary.transport.rtcp.NtpTime;

/// When the latest sender reports of one stream left, so that a report block that answers one tells the round trip
/// (RFC 3550 §6.4.1). Their NTP times are the publisher's clock: they only serve to recognise them.
final class SentReports {
    /// A receiver answers one of the last two or three; more only helps liars.
    private static final int REMEMBERED = 4;

    static final long NO_SAMPLE = -1;

    private final int[] middleNtp = new int[REMEMBERED];
    private final long[] sentMicros = new long[REMEMBERED];
    private int count;

    void onSent(long nowMicros, long ntpTime) {
        int i = count++ % REMEMBERED;
        middleNtp[i] = NtpTime.middle(ntpTime);
        sentMicros[i] = nowMicros;
    }

    /// Reads the round trip off a report block.
    ///
    /// @param lastSenderReport LSR
    /// @param delaySince DLSR, in 1/65,536 s
    /// @return round-trip micros, or [#NO_SAMPLE]
    long roundTripMicros(long nowMicros, int lastSenderReport, int delaySince) {
        if (lastSenderReport == 0) {
            return NO_SAMPLE;
        }
        for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
            if (middleNtp[i] == lastSenderReport) {
                return Math.max(1, nowMicros - sentMicros[i] - NtpTime.shortUnitsToMicros(delaySince));
            }
        }
        return NO_SAMPLE;
    }
}
