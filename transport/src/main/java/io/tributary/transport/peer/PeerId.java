package io.tributary.transport.peer;

/// Names one connection within this server's run.
public record PeerId(long value) {
    @Override
    public String toString() {
        return "peer-" + value;
    }
}
