package io.tributary.sfu.router;

import java.nio.ByteBuffer;

/// What stands for a frame's data: no two packets have the same, and any change of it shows.
final class Noise {
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private Noise() {}

    /// Fills the rest of a payload, and rewinds it.
    static ByteBuffer fill(ByteBuffer payload, long body) {
        long noise = body;
        while (payload.hasRemaining()) {
            noise = noise * STEP + 1;
            payload.put((byte) (noise >>> 56));
        }
        return payload.rewind();
    }
}
