package io.tributary.transport.peer;

/// One primary SSRC that a peer sends: a whole track, or one simulcast layer of it. Media loop only.
public interface IncomingStream {
    String mid();

    /// The `a=rid` of a simulcast layer, empty without simulcast.
    String rid();

    int ssrc();

    /// Sends a PLI now, or FIR where only that was agreed. Merging and throttling is the caller's.
    void requestKeyframe(long nowMicros);

    /// Nothing before `extendedSeq` is asked for again: a key frame starts there, and nobody waits for what is older.
    void forgetBefore(long extendedSeq);
}
