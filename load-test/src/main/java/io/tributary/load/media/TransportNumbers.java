package io.tributary.load.media;

/// The transport-wide sequence numbers of one connection.
public final class TransportNumbers {
    private int last;

    int next() {
        last = last + 1 & 0xFFFF;
        return last;
    }
}
