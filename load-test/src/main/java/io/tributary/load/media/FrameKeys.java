package io.tributary.load.media;

import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitReceiver;
import io.tributary.frames.LiveKitSender;
import java.util.Random;

/// What frames are encrypted with end to end, in LiveKit's format. All publishers of a run share a key, as clients
/// with a passphrase do.
///
/// @param sealing the publishers' key
/// @param opening the subscribers' key: the same one, unless somebody wants to see what a wrong one does
public record FrameKeys(KeyRatchet sealing, KeyRatchet opening) {
    private static final byte[] NO_INJECTIONS = {};

    /// The key that clients make of a passphrase. Takes tens of milliseconds.
    public static FrameKeys of(String passphrase) {
        KeyRatchet key = KeyRatchet.ofPassphrase(passphrase);
        return new FrameKeys(key, key);
    }

    /// A publisher's.
    ///
    /// @param random where the counts in IVs begin
    public LiveKitSender sender(Random random) {
        return new LiveKitSender(ring(sealing), random);
    }

    /// A subscriber's, one for each stream: a stream whose frames do not open spoils no other.
    public LiveKitReceiver receiver() {
        // The server's own frames would be another server's work: they count as what does not open.
        return new LiveKitReceiver(ring(opening), NO_INJECTIONS);
    }

    private static KeyRing ring(KeyRatchet key) {
        KeyRing ring = new KeyRing(KeyRing.DEFAULT_SIZE);
        ring.set(0, key);
        return ring;
    }
}
