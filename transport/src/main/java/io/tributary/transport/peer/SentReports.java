package io.tributary.transport.peer;

import io.tributary.transport.rtcp.NtpTime;

/// When the latest sender reports of one stream left, so that a report block that answers one tells the round trip
/// (RFC 3550 §6.4.1). Their NTP times are the publisher's clock: they only serve to recognise them.
final class SentReports {
    static final long NO_SAMPLE = -1;

    // A receiver answers one of the last two or three; more only helps liars. Fields, for there is one of this for
    // each subscription. 0 is no time of a report: it is how a receiver says that it got none.
    private int newestNtp;
    private int formerNtp;
    private int oldestNtp;
    private long newestMicros;
    private long formerMicros;
    private long oldestMicros;

    void onSent(long nowMicros, long ntpTime) {
        oldestNtp = formerNtp;
        oldestMicros = formerMicros;
        formerNtp = newestNtp;
        formerMicros = newestMicros;
        newestNtp = NtpTime.middle(ntpTime);
        newestMicros = nowMicros;
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
        long sentMicros;
        if (lastSenderReport == newestNtp) {
            sentMicros = newestMicros;
        } else if (lastSenderReport == formerNtp) {
            sentMicros = formerMicros;
        } else if (lastSenderReport == oldestNtp) {
            sentMicros = oldestMicros;
        } else {
            return NO_SAMPLE;
        }
        return Math.max(1, nowMicros - sentMicros - NtpTime.shortUnitsToMicros(delaySince));
    }
}
