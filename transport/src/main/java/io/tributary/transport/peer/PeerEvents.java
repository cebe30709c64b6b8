package io.tributary.transport.peer;

/// What one connection tells whoever opened it. Called on the peer's loop.
public interface PeerEvents {
    /// ICE has a path and DTLS is through: media may flow.
    void onConnected(long nowMicros);

    /// The peer gave no sign of life for the consent time-out (RFC 7675), or DTLS failed or was closed.
    /// The connection stays until it is closed; an ICE restart may revive it.
    void onDisconnected(long nowMicros, String reason);

    /// A bug of ours showed itself in what was done for this peer. The connection is closed already; nothing follows.
    default void onFailed(long nowMicros, Throwable failure) {
        onDisconnected(nowMicros, "internal error");
    }
}
