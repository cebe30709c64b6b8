package io.tributary.transport.srtp;

import org.jspecify.annotations.Nullable;

/// SSRC → [SsrcState] without boxing: open addressing, linear probing. Retired SSRCs stay as small tombstones, so
/// that neither an old packet nor a used nonce ever comes back under the same keys.
final class SsrcTable {
    private static final int FIRST_CAPACITY = 16;

    /// Stands for every SSRC that is over. Its state is never used.
    private static final SsrcState RETIRED = new SsrcState();

    private final int maxLive;
    private final int maxEver;
    private final boolean replacesIdlest;
    private int[] ssrcs = new int[FIRST_CAPACITY];
    private @Nullable SsrcState[] states = new @Nullable SsrcState[FIRST_CAPACITY];
    private int live;
    private int ever;

    /// @param replacesIdlest whether a new SSRC beyond `maxLive` retires the one that was used least lately, or is
    ///     refused
    SsrcTable(int maxLive, int maxEver, boolean replacesIdlest) {
        this.maxLive = maxLive;
        this.maxEver = maxEver;
        this.replacesIdlest = replacesIdlest;
    }

    /// Null when the SSRC was never added.
    @Nullable
    SsrcState find(int ssrc) {
        return states[slot(ssrc)];
    }

    boolean isRetired(SsrcState state) {
        return state == RETIRED;
    }

    boolean hasRoom() {
        return ever < maxEver && (live < maxLive || replacesIdlest);
    }

    /// Only for an SSRC that [#find] does not know, and while [#hasRoom].
    void add(int ssrc, SsrcState state) {
        if (live == maxLive) {
            retireIdlest();
        }
        if (3 * (ever + 1) > 2 * ssrcs.length) {
            grow();
        }
        put(ssrc, state);
        live++;
        ever++;
    }

    void retire(int ssrc) {
        int slot = slot(ssrc);
        SsrcState state = states[slot];
        if (state != null && state != RETIRED) {
            states[slot] = RETIRED;
            live--;
        }
    }

    private void retireIdlest() {
        int idlest = -1;
        long usedAt = Long.MAX_VALUE;
        for (int slot = 0; slot < states.length; slot++) {
            SsrcState state = states[slot];
            if (state != null && state != RETIRED && state.usedAt < usedAt) {
                idlest = slot;
                usedAt = state.usedAt;
            }
        }
        states[idlest] = RETIRED;
        live--;
    }

    int live() {
        return live;
    }

    private void grow() {
        int[] oldSsrcs = ssrcs;
        @Nullable SsrcState[] oldStates = states;
        ssrcs = new int[2 * oldSsrcs.length];
        states = new @Nullable SsrcState[ssrcs.length];
        for (int i = 0; i < oldSsrcs.length; i++) {
            SsrcState state = oldStates[i];
            if (state != null) {
                put(oldSsrcs[i], state);
            }
        }
    }

    private void put(int ssrc, SsrcState state) {
        int slot = slot(ssrc);
        ssrcs[slot] = ssrc;
        states[slot] = state;
    }

    /// Where `ssrc` is, or the free slot where it belongs: there is one, for at most two thirds are taken.
    private int slot(int ssrc) {
        int mask = ssrcs.length - 1;
        int slot = (ssrc * 0x9E3779B9) >>> 16 & mask; // Fibonacci hashing: SSRCs that differ in few bits spread
        while (states[slot] != null && ssrcs[slot] != ssrc) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
