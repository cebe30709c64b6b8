package io.tributary.transport.http;

/// Hears one WebSocket, on its I/O thread, in order. Must not block. A throw closes the connection with
/// [WebSocketConnection#INTERNAL_ERROR].
public interface WebSocketListener {
    /// One whole binary message; the array belongs to the listener.
    void onBinary(byte[] message);

    /// One whole text message.
    void onText(String message);

    /// The end, exactly once, also when the upgrade never came to be. Nothing follows.
    ///
    /// @param code the other end's close code, or [WebSocketConnection#ABNORMAL] when it sent none
    void onClosed(int code);
}
