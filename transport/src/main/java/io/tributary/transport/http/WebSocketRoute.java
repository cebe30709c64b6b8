package io.tributary.transport.http;

/// Decides upgrades of one path.
public interface WebSocketRoute {
    /// Called on an I/O thread and must not block it. The decision may come later, from any thread, once.
    void onUpgrade(UpgradeRequest request);
}
