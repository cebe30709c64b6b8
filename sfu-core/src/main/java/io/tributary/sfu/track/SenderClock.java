package io.tributary.sfu.track;

/// How one layer's RTP timestamps relate to its publisher's wall clock, by its last sender report (RFC 3550 §6.4.1).
/// Layers of one track share that clock, which is how a timestamp of one is expressed in those of another.
public final class SenderClock {
    private final int clockRateHz;
    private boolean known;
    private long ntpTime;
    private int rtpTimestampTicks;
    private long arrivalMicros;

    public SenderClock(int clockRateHz) {
        this.clockRateHz = clockRateHz;
    }

    /// A sender report of the layer.
    ///
    /// @param ntp 64-bit NTP time, 32.32 fixed point seconds
    public void onSenderReport(long nowMicros, long ntp, int timestampTicks) {
        known = true;
        ntpTime = ntp;
        rtpTimestampTicks = timestampTicks;
        arrivalMicros = nowMicros;
    }

    void forget() {
        known = false;
    }

    /// Whether there was a sender report at all; without one nothing below means anything.
    public boolean known() {
        return known;
    }

    /// The publisher's wall clock at `timestampTicks`, in ticks of this clock rate since the NTP epoch.
    public long wallTicks(int timestampTicks) {
        return ticksOfNtp(ntpTime) + (timestampTicks - rtpTimestampTicks);
    }

    /// The publisher's NTP time now, carried on from the last report by our clock: good for the seconds between two.
    public long ntpTimeAt(long nowMicros) {
        long elapsedMicros = nowMicros - arrivalMicros;
        long seconds = Math.floorDiv(elapsedMicros, 1_000_000L);
        long fraction = (Math.floorMod(elapsedMicros, 1_000_000L) << 32) / 1_000_000L;
        return ntpTime + (seconds << 32) + fraction;
    }

    /// The layer's timestamp now, carried on in the same way.
    public int timestampTicksAt(long nowMicros) {
        return rtpTimestampTicks + (int) ((nowMicros - arrivalMicros) * clockRateHz / 1_000_000L);
    }

    public long ntpTime() {
        return ntpTime;
    }

    public int timestampTicks() {
        return rtpTimestampTicks;
    }

    private long ticksOfNtp(long ntp) {
        return (ntp >>> 32) * clockRateHz + (((ntp & 0xFFFF_FFFFL) * clockRateHz) >>> 32);
    }
}
