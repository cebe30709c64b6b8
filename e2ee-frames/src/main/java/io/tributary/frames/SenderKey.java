package io.tributary.frames;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// A base key that its sender distributes and then ratchets forward (RFC 9605 §5.1). The key id carries the
/// generation and the low bits of the ratchet's step:
///
/// ```
///  64 - R bits        R bits
/// +-----------------+--------------+
/// | generation      | ratchet step |
/// +-----------------+--------------+
/// ```
///
/// A receiver that is shown the next step's id derives the same key itself; what it cannot do is go back.
public final class SenderKey {
    private static final byte[] RATCHET_LABEL = "SFrame 1.0 Ratchet".getBytes(US_ASCII);
    private static final byte[] NO_SALT = {};

    private final SFrameSuite suite;
    private final int ratchetBits;
    private final long generation;
    private final long step;
    private final byte[] baseKey;

    private SenderKey(SFrameSuite suite, int ratchetBits, long generation, long step, byte[] baseKey) {
        this.suite = suite;
        this.ratchetBits = ratchetBits;
        this.generation = generation;
        this.step = step;
        this.baseKey = baseKey;
    }

    /// A key as it was distributed, at step 0.
    ///
    /// @param ratchetBits R, 0 to 63: how many bits of the key id count steps; both sides know it
    public static SenderKey distributed(SFrameSuite suite, int ratchetBits, long generation, byte[] baseKey) {
        return joined(suite, ratchetBits, generation, 0, baseKey);
    }

    /// A key as a participant is told it who joins when it was ratcheted `step` times.
    public static SenderKey joined(SFrameSuite suite, int ratchetBits, long generation, long step, byte[] baseKey) {
        if (ratchetBits < 0 || ratchetBits >= Long.SIZE) {
            throw new IllegalArgumentException("ratchet bits are 0 to 63, not " + ratchetBits);
        }
        return new SenderKey(suite, ratchetBits, generation, step, baseKey.clone());
    }

    public long keyId() {
        return generation << ratchetBits | step & (1L << ratchetBits) - 1;
    }

    public long step() {
        return step;
    }

    /// For [SFrameSender] or [SFrameReceiver].
    public byte[] baseKey() {
        return baseKey.clone();
    }

    /// The key after this one, of the same generation.
    public SenderKey next() {
        byte[] ratcheted = Hkdf.derive(suite.keyDerivation(), NO_SALT, baseKey, RATCHET_LABEL, suite.hashSizeBytes());
        return new SenderKey(suite, ratchetBits, generation, step + 1, ratcheted);
    }
}
