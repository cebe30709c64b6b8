package io.tributary.sfu.forward;

/// Bounds how often one packet is sent again, so that a receiver's NACKs (four bytes ask for seventeen packets) cannot
/// be used to multiply traffic, and so that a second NACK that crossed our answer on the way costs nothing.
final class ResendLimit {
    static final int MAX_RESENDS = 3;
    static final long MIN_INTERVAL_MICROS = 20_000;

    /// No number comes around sooner (65,536 packets at 6,500 a second), and no receiver asks later: from then on it
    /// is another packet's.
    static final long FORGET_AFTER_MICROS = 10_000_000;

    /// Packets remembered, a power of two. A receiver asks within a second; packets beyond that share slots, and
    /// forgetting one only allows it three more.
    private static final int SLOTS = 256;

    private final int[] seqs = new int[SLOTS];
    private final int[] resends = new int[SLOTS];
    private final long[] sentMicros = new long[SLOTS];

    /// Whether `seq` may be sent again now; counts it as sent when so.
    boolean allow(long nowMicros, int seq, long roundTripMicros) {
        int slot = seq & (SLOTS - 1);
        long sinceMicros = nowMicros - sentMicros[slot];
        if (resends[slot] == 0 || seqs[slot] != seq || sinceMicros >= FORGET_AFTER_MICROS) {
            seqs[slot] = seq;
            resends[slot] = 0;
        } else if (resends[slot] >= MAX_RESENDS || sinceMicros < Math.max(MIN_INTERVAL_MICROS, roundTripMicros / 2)) {
            return false;
        }
        resends[slot]++;
        sentMicros[slot] = nowMicros;
        return true;
    }
}
