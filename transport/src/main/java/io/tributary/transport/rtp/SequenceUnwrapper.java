package io.tributary.transport.rtp;

/// Turns 16-bit sequence numbers, which wrap, into 64-bit ones, which do not: each becomes the value closest to the
/// last (RFC 3550 §A.1 without its probation). Serves RTP and transport-wide numbers alike.
public final class SequenceUnwrapper {
    private long last;
    private boolean started;

    /// The first number stands for itself. One from before it, arriving late, may come out negative.
    public long unwrap(int seq) {
        last = peek(seq);
        started = true;
        return last;
    }

    /// What [#unwrap] would answer, without taking note of it.
    public long peek(int seq) {
        return started ? last + (short) (seq - (int) last) : seq;
    }
}
