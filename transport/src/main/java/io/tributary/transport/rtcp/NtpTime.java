package io.tributary.transport.rtcp;

/// 64-bit NTP timestamps (RFC 3550 §4): seconds since 1900 in the upper half, fractions of 2^-32 s in the lower.
public final class NtpTime {
    /// From 1900 to 1970.
    private static final long UNIX_EPOCH_SECONDS = 2_208_988_800L;

    private static final long MICROS_PER_SECOND = 1_000_000;

    private NtpTime() {}

    /// The NTP time of a moment given in microseconds since 1970, not negative.
    public static long ofUnixMicros(long unixMicros) {
        long seconds = unixMicros / MICROS_PER_SECOND + UNIX_EPOCH_SECONDS;
        long fraction = ((unixMicros % MICROS_PER_SECOND << 32) + MICROS_PER_SECOND / 2) / MICROS_PER_SECOND;
        return (seconds << 32) + fraction;
    }

    /// Microseconds since 1970, rounded.
    public static long toUnixMicros(long ntpTime) {
        return ((ntpTime >>> 32) - UNIX_EPOCH_SECONDS) * MICROS_PER_SECOND
                + (((ntpTime & 0xFFFF_FFFFL) * MICROS_PER_SECOND + (1L << 31)) >>> 32);
    }

    /// The middle 32 bits, as in LSR (RFC 3550 §6.4.1): units of 1/65536 s, wrapping every 18 hours.
    public static int middle(long ntpTime) {
        return (int) (ntpTime >>> 16);
    }

    /// A span in LSR's and DLSR's units, rounded.
    public static int toShortUnits(long micros) {
        return (int) (((micros << 16) + MICROS_PER_SECOND / 2) / MICROS_PER_SECOND);
    }

    /// Microseconds of a span in LSR's units, taken as unsigned.
    public static long shortUnitsToMicros(int units) {
        return ((units & 0xFFFF_FFFFL) * MICROS_PER_SECOND + (1L << 15)) >>> 16;
    }

    /// Round-trip time from a report block that arrived at `nowNtp` (RFC 3550 §6.4.1): -1 when the block tells
    /// none, or tells one below zero, as happens when clocks step.
    public static long roundTripMicros(long nowNtp, int lastSr, int delaySinceLastSr) {
        if (lastSr == 0) {
            return -1;
        }
        int units = middle(nowNtp) - lastSr - delaySinceLastSr;
        return units < 0 ? -1 : shortUnitsToMicros(units);
    }
}
