package io.tributary.frames;

import org.jspecify.annotations.Nullable;

/// A participant's LiveKit keys by index, the one in use for sending, and how often each failed in a row.
///
/// One thread at a time.
public final class KeyRing {
    /// What LiveKit's clients have unless told otherwise. Element Call has 256.
    public static final int DEFAULT_SIZE = 16;

    /// The index is one byte of the trailer.
    public static final int MAX_SIZE = 256;

    /// A key that failed more often than this in a row is given up until it is set again.
    public static final int FAILURE_TOLERANCE = 10;

    static final class Slot {
        private final KeyRatchet ratchet;
        private final int step;
        final LiveKitCipher cipher;
        private @Nullable Slot next;
        private int failures;

        /// @param step how often the key that was set is ratcheted in this one
        Slot(KeyRatchet ratchet, int step) {
            this.ratchet = ratchet;
            this.step = step;
            this.cipher = new LiveKitCipher(ratchet.encryptionKey());
        }

        /// The next step's, derived once: a stranger's frames with a wrong tag ask for it again and again.
        Slot next() {
            Slot known = next;
            if (known == null) {
                known = new Slot(ratchet.next(), step + 1);
                next = known;
            }
            return known;
        }

        boolean isGivenUp() {
            return failures > FAILURE_TOLERANCE;
        }

        void onFailure() {
            failures++;
        }

        void onSuccess() {
            failures = 0;
        }
    }

    private final @Nullable Slot[] slots;
    private int current;

    /// @param size 1 to [#MAX_SIZE]
    public KeyRing(int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("a key ring has 1 to " + MAX_SIZE + " keys, not " + size);
        }
        slots = new Slot[size];
    }

    /// Sets the key at an index, modulo the ring's size as clients do, and sends with it from now on.
    public void set(int index, KeyRatchet key) {
        setForReceiving(index, key);
        current = Math.floorMod(index, slots.length);
    }

    /// Sets a key without sending with it yet: others may not have it.
    public void setForReceiving(int index, KeyRatchet key) {
        slots[Math.floorMod(index, slots.length)] = new Slot(key, 0);
    }

    /// The key index that frames are sent with.
    public int current() {
        return current;
    }

    /// Goes on to the next key of the index in use. False when there is no key.
    public boolean ratchet() {
        Slot slot = slots[current];
        if (slot == null) {
            return false;
        }
        slots[current] = slot.next();
        return true;
    }

    /// How often the key at this index was ratcheted since it was set, here or by following its sender; 0 when there is
    /// none.
    public int step(int index) {
        Slot slot = slot(index);
        return slot == null ? 0 : slot.step;
    }

    /// The key at exactly this index; a trailer's index is not taken modulo the size.
    @Nullable
    Slot slot(int index) {
        return index < slots.length ? slots[index] : null;
    }

    void replace(int index, Slot ratcheted) {
        slots[index] = ratcheted;
    }
}
