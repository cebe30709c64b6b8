package io.tributary.transport.peer;

import io.tributary.transport.rtcp.NtpTime;

/// When the latest sender reports of a connection left, so that a report block that answers one tells the round trip
/// (RFC 3550 §6.4.1). Their NTP times are the publishers' clocks: they only serve to recognise them.
///
/// For all streams together: each of them reports every few seconds, and one sample of any now and then is enough.
final class SentReports {
    /// A receiver of a dozen streams answers one of the last two dozen. Of a hundred streams some of the answers are
    /// too late to be recognised, and enough are not.
    static final int REMEMBERED = 32;

    static final long NO_SAMPLE = -1;

    private static final int[] NONE_SENT = {};

    private int[] middleNtp = NONE_SENT;
    private long[] sentMicros = {};
    private int next;

    void onSent(long nowMicros, long ntpTime) {
        if (middleNtp == NONE_SENT) {
            middleNtp = new int[REMEMBERED];
            sentMicros = new long[REMEMBERED];
        }
        middleNtp[next] = NtpTime.middle(ntpTime);
        sentMicros[next] = nowMicros;
        next = (next + 1) % REMEMBERED;
    }

    /// Reads the round trip off a report block.
    ///
    /// @param lastSenderReport LSR, 0 from a receiver that got none yet
    /// @param delaySince DLSR, in 1/65,536 s
    /// @return round-trip micros, or [#NO_SAMPLE]
    long roundTripMicros(long nowMicros, int lastSenderReport, int delaySince) {
        for (int i = 0; lastSenderReport != 0 && i < middleNtp.length; i++) {
            if (middleNtp[i] == lastSenderReport) {
                return Math.max(1, nowMicros - sentMicros[i] - NtpTime.shortUnitsToMicros(delaySince));
            }
        }
        return NO_SAMPLE;
    }
}
