package io.tributary.frames;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// The end of a frame in LiveKit's format, after the ciphertext and its tag:
///
/// ```
/// +----------------------------+-----------+-----------+
/// |  IV, 12 bytes              |  12       | key index |
/// +----------------------------+-----------+-----------+
/// ```
///
/// The IV is made of the sender's SSRC, the frame's RTP timestamp, and the timestamp less a count of frames. It
/// travels with the frame, so a server may give the packets another SSRC and other timestamps.
///
/// @param iv not to be changed
/// @param keyIndex 0 to 255
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record LiveKitTrailer(byte[] iv, int keyIndex) {
    public static final int IV_SIZE_BYTES = AesGcm.NONCE_SIZE_BYTES;
    public static final int SIZE_BYTES = IV_SIZE_BYTES + 2;

    /// Clients count frames modulo this, one less than two bytes hold.
    static final int COUNTER_MODULUS = 0xffff;

    /// Reads the last bytes of a frame whose emulation prevention was removed. Empty when it is too short, or
    /// announces an IV of another size.
    public static Optional<LiveKitTrailer> parse(byte[] frame) {
        int start = frame.length - SIZE_BYTES;
        if (start < 0 || frame[start + IV_SIZE_BYTES] != IV_SIZE_BYTES) {
            return Optional.empty();
        }
        byte[] iv = Arrays.copyOfRange(frame, start, start + IV_SIZE_BYTES);
        return Optional.of(new LiveKitTrailer(iv, frame[frame.length - 1] & 0xff));
    }

    /// Whether these bytes, the last of a frame as it is on the wire, end as a trailer does. The packet that ends a
    /// frame may hold less than a whole trailer. The two bytes looked at are never changed by emulation prevention.
    public static boolean isEndOf(byte[] in, int offset, int length) {
        return length < 2 || in[offset + length - 2] == IV_SIZE_BYTES;
    }

    /// Reads the trailer of a frame as it was received, without its key.
    ///
    /// @param keyFrame as the packets around the frame say
    public static Optional<LiveKitTrailer> find(FrameCodec codec, boolean keyFrame, byte[] received) {
        return parse(LiveKitCipher.unescaped(ClearPrefix.ofLiveKit(codec, keyFrame, received), received));
    }

    /// The trailer of a sender's frame.
    ///
    /// @param rtpTimestampTicks its low 32 bits count
    /// @param frameCount of this SSRC; clients begin at a random one
    public static LiveKitTrailer of(int ssrc, long rtpTimestampTicks, long frameCount, int keyIndex) {
        byte[] iv = ByteBuffer.allocate(IV_SIZE_BYTES)
                .putInt(ssrc)
                .putInt((int) rtpTimestampTicks)
                .putInt((int) (rtpTimestampTicks - frameCount % COUNTER_MODULUS))
                .array();
        return new LiveKitTrailer(iv, keyIndex);
    }

    void write(byte[] out, int offset) {
        System.arraycopy(iv, 0, out, offset, IV_SIZE_BYTES);
        out[offset + IV_SIZE_BYTES] = IV_SIZE_BYTES;
        out[offset + IV_SIZE_BYTES + 1] = (byte) keyIndex;
    }
}
