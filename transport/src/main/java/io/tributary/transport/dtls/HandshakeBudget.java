package io.tributary.transport.dtls;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// How many handshakes one loop has under way at once, altogether and with one address. Media loop only.
///
/// An honest handshake takes some 2 ms of a core and three round trips, so a place is soon free again and a hello that
/// found none succeeds when the client repeats it. One that keeps its place for [#MAX_AGE_MICROS] has to give it to the
/// next that needs it.
public final class HandshakeBudget {
    /// Half a second of one core, and as many threads waiting.
    public static final int TOTAL = 256;

    /// A quarter of that: a meeting room, or an office that comes back after an outage.
    public static final int PER_ADDRESS = 64;

    /// Five lost flights at [BouncyServer]'s pace. Who is slower than that may finish as long as nobody else waits.
    static final long MAX_AGE_MICROS = 5_000_000;

    /// Whoever holds a place.
    public interface Handshake {
        /// The place went to somebody else: end the handshake. Do not call [#end].
        void onAgedOut(long nowMicros);
    }

    @SuppressWarnings("ArrayRecordComponent") // compared by hand
    private record Place(Handshake handshake, byte[] address, long sinceMicros) {}

    private final int total;
    private final int perAddress;
    private final ArrayDeque<Place> places = new ArrayDeque<>(); // the oldest first

    public HandshakeBudget(int total, int perAddress) {
        this.total = total;
        this.perAddress = perAddress;
    }

    /// Takes a place for a handshake with `address`; false when all are taken by younger ones.
    public boolean begin(long nowMicros, InetAddress address, Handshake handshake) {
        byte[] key = key(address);
        if (places.size() >= total && !takeFromOldest(nowMicros, null)) {
            return false;
        }
        if (count(key) >= perAddress && !takeFromOldest(nowMicros, key)) {
            return false;
        }
        places.add(new Place(handshake, key, nowMicros));
        return true;
    }

    /// The handshake is over, however it ended. Idempotent.
    public void end(Handshake handshake) {
        places.removeIf(place -> place.handshake == handshake);
    }

    /// Handshakes under way.
    public int inFlight() {
        return places.size();
    }

    /// Ends the oldest handshake, of one address where `key` names one, if it is old enough.
    private boolean takeFromOldest(long nowMicros, byte @Nullable [] key) {
        for (Iterator<Place> it = places.iterator(); it.hasNext(); ) {
            Place place = it.next();
            if (nowMicros - place.sinceMicros < MAX_AGE_MICROS) {
                return false;
            }
            if (key == null || Arrays.equals(key, place.address)) {
                it.remove();
                place.handshake.onAgedOut(nowMicros);
                return true;
            }
        }
        return false;
    }

    private int count(byte[] key) {
        int count = 0;
        for (Place place : places) {
            count += Arrays.equals(key, place.address) ? 1 : 0;
        }
        return count;
    }

    /// An IPv6 customer owns a /64 at least, so those who share one are one.
    private static byte[] key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.copyOf(bytes, Math.min(Long.BYTES, bytes.length));
    }
}
