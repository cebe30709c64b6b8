package io.tributary.frames;

/// What became of an encrypted frame: its plaintext, or why there is none. Bytes from strangers end here, never in
/// an exception.
public sealed interface Opened {
    /// The frame as the encoder made it. The array is the receiver's own.
    @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
    record Plain(byte[] frame) implements Opened {}

    /// A frame that must be dropped.
    record Refused(Refusal why) implements Opened {}

    /// Why a frame gives no plaintext.
    enum Refusal {
        /// No header or trailer of the format is there, or the frame is too short for one.
        MALFORMED,
        /// It names a key that this receiver does not have.
        UNKNOWN_KEY,
        /// Its key failed too often; nothing is tried until a new one is set.
        KEY_GIVEN_UP,
        /// Its counter was seen before, or is older than the replay window.
        REPLAYED,
        /// The tag is wrong: another key, or changed on the way.
        NOT_AUTHENTIC,
        /// It carries the server's mark, but is not one of the blank frames a server sends.
        UNKNOWN_INJECTION
    }
}
