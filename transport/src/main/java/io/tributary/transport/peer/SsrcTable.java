package io.tributary.transport.peer;

import org.jspecify.annotations.Nullable;

/// SSRC to stream, without boxing: open addressing with linear probing, at most two thirds full.
///
/// SSRCs are chosen by the other side, so the hash is keyed with a secret: otherwise a peer could make all of them
/// collide.
final class SsrcTable<V> {
    private static final int INITIAL_SLOTS = 16;

    private final int secret;
    private int[] ssrcs = new int[INITIAL_SLOTS];
    private @Nullable Object[] values = new @Nullable Object[INITIAL_SLOTS];
    private int size;

    SsrcTable(int secret) {
        this.secret = secret;
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    @Nullable
    V get(int ssrc) {
        int mask = values.length - 1;
        for (int i = hash(ssrc) & mask; values[i] != null; i = (i + 1) & mask) {
            if (ssrcs[i] == ssrc) {
                return (V) values[i];
            }
        }
        return null;
    }

    /// The SSRC must not be in the table yet.
    void put(int ssrc, V value) {
        assert get(ssrc) == null : "ssrc is already in the table";
        if (3 * (size + 1) > 2 * values.length) {
            rehash(2 * values.length);
        }
        place(ssrc, value);
        size++;
    }

    /// Absent SSRCs are ignored.
    void remove(int ssrc) {
        int mask = values.length - 1;
        int i = hash(ssrc) & mask;
        while (values[i] != null && ssrcs[i] != ssrc) {
            i = (i + 1) & mask;
        }
        if (values[i] == null) {
            return;
        }
        values[i] = null;
        size--;
        // Close the hole: whatever follows it in the cluster is placed again.
        for (int j = (i + 1) & mask; values[j] != null; j = (j + 1) & mask) {
            Object moved = values[j];
            values[j] = null;
            place(ssrcs[j], moved);
        }
    }

    private void rehash(int slots) {
        int[] oldSsrcs = ssrcs;
        @Nullable Object[] oldValues = values;
        ssrcs = new int[slots];
        values = new @Nullable Object[slots];
        for (int i = 0; i < oldValues.length; i++) {
            Object value = oldValues[i];
            if (value != null) {
                place(oldSsrcs[i], value);
            }
        }
    }

    private void place(int ssrc, @Nullable Object value) {
        int mask = values.length - 1;
        int i = hash(ssrc) & mask;
        while (values[i] != null) {
            i = (i + 1) & mask;
        }
        ssrcs[i] = ssrc;
        values[i] = value;
    }

    private int hash(int ssrc) {
        int h = (ssrc ^ secret) * 0x9E3779B1; // 2^32 divided by the golden ratio, odd
        return h ^ h >>> 15;
    }
}
