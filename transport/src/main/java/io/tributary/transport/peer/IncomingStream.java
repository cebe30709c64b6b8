package io.tributary.transport.peer;

/// One primary SSRC that a peer sends: a whole track, or one simulcast layer of it. Media loop only.
public interface IncomingStream {
    String mid();

    /// The `a=rid` of a simulcast layer, empty without simulcast.
    String rid();

    int ssrc();

    /// Sends a PLI now. Merging and throttling is the caller's.
    void requestKeyframe(long nowMicros);
}
