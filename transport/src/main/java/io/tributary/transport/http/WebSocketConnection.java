package io.tributary.transport.http;

/// One open WebSocket (RFC 6455), at either end. Any thread; what one thread sends arrives in that order.
public interface WebSocketConnection {
    /// An ordinary end.
    int NORMAL = 1000;

    /// Our bug in a listener.
    int INTERNAL_ERROR = 1011;

    /// A message over the bound came.
    int TOO_BIG = 1009;

    /// The other end reads too slowly for what it is sent.
    int TRY_AGAIN_LATER = 1013;

    /// No close frame came: the connection just ended.
    int ABNORMAL = 1006;

    /// Sends one binary message. The array belongs to the connection from here on. Ignored once closed.
    void sendBinary(byte[] message);

    /// Sends one text message. Ignored once closed.
    void sendText(String message);

    /// Closes after what was sent before. Ignored once closed.
    void close(int code);

    /// Payload bytes given to this connection that the kernel hasn't taken yet.
    long queuedBytes();
}
