package io.tributary.frames;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Encrypts a participant's frames in LiveKit's format.
///
/// One thread at a time.
public final class LiveKitSender {
    /// A few tracks with three layers each, over many republications.
    public static final int MAX_SSRCS = 1024;

    private final KeyRing keys;
    private final RandomGenerator random;
    private final Map<Integer, Long> frameCounts = new HashMap<>();

    /// @param random where an SSRC's count of frames begins
    public LiveKitSender(KeyRing keys, RandomGenerator random) {
        this.keys = keys;
        this.random = random;
    }

    /// The frame as it is sent, or empty when there is no key. A frame of no bytes stays as it is.
    ///
    /// @throws IllegalStateException when more than [#MAX_SSRCS] were used
    public Optional<byte[]> seal(FrameCodec codec, boolean keyFrame, byte[] frame, int ssrc, long rtpTimestampTicks) {
        if (frame.length == 0) {
            return Optional.of(frame);
        }
        int index = keys.current();
        KeyRing.Slot slot = keys.slot(index);
        if (slot == null) {
            return Optional.empty();
        }
        LiveKitTrailer trailer = LiveKitTrailer.of(ssrc, rtpTimestampTicks, count(ssrc), index);
        ClearPrefix prefix = ClearPrefix.ofLiveKit(codec, keyFrame, frame);
        return Optional.of(slot.cipher.seal(prefix, trailer, frame));
    }

    private long count(int ssrc) {
        Long begun = frameCounts.get(ssrc);
        if (begun == null && frameCounts.size() >= MAX_SSRCS) {
            throw new IllegalStateException("one sender with " + MAX_SSRCS + " SSRCs");
        }
        long count = begun == null ? random.nextInt(LiveKitTrailer.COUNTER_MODULUS) : begun;
        frameCounts.put(ssrc, count + 1);
        return count;
    }
}
