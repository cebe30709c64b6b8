package io.tributary.frames;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refusal;
import io.tributary.frames.Opened.Refused;
import java.util.Arrays;

/// LiveKit's frame format under one key: `clear prefix ‖ AES-128-GCM ciphertext ‖ tag ‖ trailer`, with the prefix
/// as associated data. What follows the prefix of H.264 and H.265 is escaped as a whole, trailer included.
///
/// One thread at a time.
final class LiveKitCipher {
    private final AesGcm aead;

    LiveKitCipher(byte[] key) {
        this.aead = new AesGcm(key);
    }

    byte[] seal(ClearPrefix prefix, LiveKitTrailer trailer, byte[] frame) {
        byte[] clear = prefix.escaped()
                ? NalUnits.withLongStartCodes(frame, prefix.sizeBytes())
                : Arrays.copyOf(frame, prefix.sizeBytes());
        int plainSize = frame.length - prefix.sizeBytes();
        byte[] sealed = new byte[plainSize + AesGcm.TAG_SIZE_BYTES + LiveKitTrailer.SIZE_BYTES];
        aead.seal(trailer.iv(), clear, frame, prefix.sizeBytes(), plainSize, sealed, 0);
        trailer.write(sealed, sealed.length - LiveKitTrailer.SIZE_BYTES);
        byte[] written = prefix.escaped() ? NalUnits.escape(sealed) : sealed;
        byte[] out = Arrays.copyOf(clear, clear.length + written.length);
        System.arraycopy(written, 0, out, clear.length, written.length);
        return out;
    }

    /// @param sealed what [#unescaped] gave
    Opened open(ClearPrefix prefix, LiveKitTrailer trailer, byte[] sealed) {
        int clearSize = prefix.sizeBytes();
        int cipherSize = sealed.length - clearSize - LiveKitTrailer.SIZE_BYTES;
        if (cipherSize < AesGcm.TAG_SIZE_BYTES) {
            return new Refused(Refusal.MALFORMED);
        }
        byte[] clear = Arrays.copyOf(sealed, clearSize);
        byte[] plain = new byte[cipherSize - AesGcm.TAG_SIZE_BYTES];
        if (!aead.open(trailer.iv(), clear, sealed, clearSize, cipherSize, plain)) {
            return new Refused(Refusal.NOT_AUTHENTIC);
        }
        byte[] frame = Arrays.copyOf(clear, clearSize + plain.length);
        System.arraycopy(plain, 0, frame, clearSize, plain.length);
        return new Plain(frame);
    }

    /// The frame without emulation prevention after its prefix.
    static byte[] unescaped(ClearPrefix prefix, byte[] frame) {
        if (!prefix.escaped()) {
            return frame;
        }
        byte[] rest = NalUnits.unescape(frame, prefix.sizeBytes());
        byte[] out = Arrays.copyOf(frame, prefix.sizeBytes() + rest.length);
        System.arraycopy(rest, 0, out, prefix.sizeBytes(), rest.length);
        return out;
    }
}
