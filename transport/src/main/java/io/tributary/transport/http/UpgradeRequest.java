package io.tributary.transport.http;

/// A client that asks to become a WebSocket and waits for the answer. Any thread.
///
/// Exactly the first of [#accept] and [#refuse] counts. A request that nobody decides in time is refused with 503 by
/// the edge, and an [#accept] after that, or after the client has gone, yields a connection that is closed already.
public interface UpgradeRequest {
    HttpRequest http();

    /// Upgrades. What is sent on the returned connection before the client has seen the upgrade follows right after
    /// it, in order, as the first frames.
    WebSocketConnection accept(WebSocketListener listener);

    /// Answers as plain HTTP.
    void refuse(HttpReply reply);
}
