package io.tributary.frames;

import io.tributary.frames.KeyRing.Slot;
import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refusal;
import io.tributary.frames.Opened.Refused;
import java.util.Arrays;
import java.util.Optional;

/// Decrypts one participant's frames in LiveKit's format, follows when it ratchets its key, and lets the server's
/// blank frames through.
///
/// One thread at a time.
public final class LiveKitReceiver {
    /// How many steps ahead a sender's key may be, as in LiveKit's clients.
    public static final int RATCHET_WINDOW = 8;

    private final KeyRing keys;
    private final byte[] injectionTrailer;

    /// @param injectionTrailer what the server said marks its own frames (`sif_trailer`); empty for none
    public LiveKitReceiver(KeyRing keys, byte[] injectionTrailer) {
        this.keys = keys;
        this.injectionTrailer = injectionTrailer.clone();
    }

    /// The frame behind the bytes of a depacketized one. Nothing protects against replays: the format has no
    /// counter.
    ///
    /// @param keyFrame as the packets said
    public Opened open(FrameCodec codec, boolean keyFrame, byte[] received) {
        if (received.length == 0) {
            return new Plain(received);
        }
        if (InjectedFrame.isMarked(received, injectionTrailer)) {
            byte[] frame = Arrays.copyOf(received, received.length - injectionTrailer.length);
            return InjectedFrame.isBlank(frame) ? new Plain(frame) : new Refused(Refusal.UNKNOWN_INJECTION);
        }
        ClearPrefix prefix = ClearPrefix.ofLiveKit(codec, keyFrame, received);
        byte[] sealed = LiveKitCipher.unescaped(prefix, received);
        Optional<LiveKitTrailer> trailer = LiveKitTrailer.parse(sealed);
        return trailer.isEmpty() ? new Refused(Refusal.MALFORMED) : open(prefix, trailer.get(), sealed);
    }

    private Opened open(ClearPrefix prefix, LiveKitTrailer trailer, byte[] sealed) {
        Slot slot = keys.slot(trailer.keyIndex());
        if (slot == null) {
            return new Refused(Refusal.UNKNOWN_KEY);
        }
        if (slot.isGivenUp()) {
            return new Refused(Refusal.KEY_GIVEN_UP);
        }
        Slot tried = slot;
        for (int step = 0; ; step++) {
            Opened opened = tried.cipher.open(prefix, trailer, sealed);
            if (opened instanceof Plain) {
                tried.onSuccess();
                keys.replace(trailer.keyIndex(), tried);
                return opened;
            }
            // Too short is too short for every key.
            if (opened.equals(new Refused(Refusal.MALFORMED))) {
                return opened;
            }
            if (step == RATCHET_WINDOW) {
                slot.onFailure();
                return opened;
            }
            tried = tried.next();
        }
    }
}
