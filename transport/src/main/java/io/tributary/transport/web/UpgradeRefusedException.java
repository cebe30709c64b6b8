package io.tributary.transport.web;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A server that was asked for a WebSocket answered with something else than 101.
public final class UpgradeRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final TreeMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    UpgradeRefusedException(int status, Iterable<Map.Entry<String, String>> headers) {
        super("HTTP " + status);
        this.status = status;
        headers.forEach(header -> this.headers.putIfAbsent(header.getKey(), header.getValue()));
    }

    /// The HTTP status.
    public int status() {
        return status;
    }

    /// The first header of that name, in any case.
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
