package io.tributary.transport.peer;

import io.tributary.transport.io.Allowance;
import io.tributary.transport.srtp.SrtpContext;
import java.util.Arrays;

/// Keeps forged SRTP from costing a decryption each, once a connection has had more of it than accidents explain.
///
/// Addresses can be forged, so dropping whatever comes from there would do the forger's work. Instead, under pressure,
/// only packets are opened that look like the peer's: an SSRC that has authenticated before with a number near its
/// last, or a new SSRC that has been seen a moment ago, as a stream's are and random ones are not. Who sees the packets
/// on the wire can imitate that, and then each costs what a genuine one costs. One for each loop.
final class ForgerySieve {
    /// Failed authentications of one connection that are none of its fault: strays of former sessions, damage that the
    /// UDP checksum missed.
    static final int FREE_FAILURES = 500;

    static final int FREE_FAILURES_PER_SECOND = 200;

    /// Attempts with a new SSRC under pressure, until it rests for [#REST_MICROS].
    private static final int MAX_ATTEMPTS = 4;

    private static final long REST_MICROS = 1_000_000;

    /// At 50,000 random SSRCs a second each place keeps for 80 ms what it saw: four packets of a new microphone.
    private static final int SLOTS = 4_096;

    /// The SSRC of RTP ends here.
    private static final int MIN_BYTES = 12;

    private final int hashKey;
    private final int[] seen = new int[SLOTS];
    private final byte[] attempts = new byte[SLOTS];
    private final long[] sinceMicros = new long[SLOTS];

    ForgerySieve(int hashKey) {
        this.hashKey = hashKey | 1;
        Arrays.fill(sinceMicros, -REST_MICROS);
    }

    /// Whether to try to open a packet.
    ///
    /// @param failures what is left to the connection of failures that nobody asks about
    boolean admits(
            long nowMicros, Allowance failures, SrtpContext keys, byte[] packet, int offset, int length, boolean rtcp) {
        if (failures.has(nowMicros, 1)) {
            return true;
        }
        if (length < MIN_BYTES) {
            return false;
        }
        return keys.isFamiliar(packet, offset, length, rtcp)
                || seenLately(nowMicros, SrtpContext.ssrcOf(packet, offset, rtcp));
    }

    private boolean seenLately(long nowMicros, int ssrc) {
        int slot = (ssrc * hashKey) >>> 20;
        if (seen[slot] != ssrc || nowMicros - sinceMicros[slot] >= REST_MICROS) {
            seen[slot] = ssrc;
            attempts[slot] = 0;
            sinceMicros[slot] = nowMicros;
            return false;
        }
        if (attempts[slot] >= MAX_ATTEMPTS) {
            return false;
        }
        attempts[slot]++;
        return true;
    }
}
