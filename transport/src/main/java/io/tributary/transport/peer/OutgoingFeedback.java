package io.tributary.transport.peer;

/// What the receiver of one outgoing stream says about it. Called on the peer's loop.
public interface OutgoingFeedback {
    /// It misses `seq` (16 bits, of the outgoing stream). Answer with [OutgoingStream#resend] or not at all.
    void onNack(long nowMicros, int seq);

    /// It needs a key frame (PLI, RFC 4585 §6.3.1, or FIR, RFC 5104 §4.3.1).
    void onKeyframeRequest(long nowMicros);
}
