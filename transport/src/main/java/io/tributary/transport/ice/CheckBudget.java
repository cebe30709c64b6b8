package io.tributary.transport.ice;

import io.tributary.transport.io.Allowance;
import java.net.InetAddress;
import java.util.random.RandomGenerator;

/// What checks from addresses that nobody knows yet may cost one loop: so many that fail, from each address and from
/// all together. Checks that turn out genuine are given back, so people behind one NAT don't use up each other's share.
/// Media loop only.
///
/// Bounded whatever strangers send: addresses share a fixed number of buckets, placed by a keyed hash. Who meets an
/// empty bucket because of somebody else still has the small share of the connection that the check names, see
/// [IceAgent].
public final class CheckBudget {
    /// Failed checks from one address, a second: a wrong password is a stale page or an attack. RFC 8445's pace is 20 a
    /// second for each client.
    public static final int PER_ADDRESS = 50;

    /// Failed checks from everywhere, a second: each costs an HMAC of about a microsecond, so this is 2 ms.
    public static final int TOTAL = 2_000;

    /// Checks of one connection on known paths, a second, and twice as many at once: RFC 8445 §14.2 has clients send
    /// one
    /// every 50 ms at their fastest, here on a few paths. Each costs two HMACs, whose price nobody else should pay.
    public static final int PER_PEER = 100;

    /// Two buckets of an address full of newcomers seldom meet among so many; 24 bytes each.
    private static final int BUCKETS = 1_024;

    private final int perPeer;
    private final Allowance total;
    private final Allowance[] buckets = new Allowance[BUCKETS];
    private final long hashKey;

    /// @param perPeer checks of one connection on its known paths, a second
    /// @param random unpredictable to strangers outside of simulations
    public CheckBudget(int perAddress, int total, int perPeer, RandomGenerator random) {
        this.perPeer = perPeer;
        this.total = new Allowance(total, total);
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = new Allowance(perAddress, perAddress);
        }
        hashKey = random.nextLong() | 1;
    }

    /// For the checks of one connection.
    Allowance ofPeer() {
        return new Allowance(2 * PER_PEER, perPeer);
    }

    /// Charges one check; false when there is nothing left to charge it to.
    boolean take(long nowMicros, InetAddress address) {
        return total.has(nowMicros, 1) && bucket(address).take(nowMicros) && total.take(nowMicros);
    }

    /// A check that was charged has proved genuine.
    void giveBack(InetAddress address) {
        bucket(address).giveBack();
        total.giveBack();
    }

    /// An IPv6 customer owns a /64 at least, so those who share one are one.
    private Allowance bucket(InetAddress address) {
        byte[] bytes = address.getAddress();
        long key = 0;
        for (int i = 0; i < Math.min(Long.BYTES, bytes.length); i++) {
            key = key << 8 | (bytes[i] & 0xFF);
        }
        long hash = (key ^ key >>> 29) * hashKey;
        return buckets[(int) ((hash ^ hash >>> 32) >>> 20 & BUCKETS - 1)];
    }
}
