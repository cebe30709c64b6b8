package io.tributary.transport.peer;

/// The number that every congestion-controlled packet of a connection carries, whatever its stream
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
final class TransportSequence {
    private int next;

    /// 16 bits.
    int take() {
        int taken = next;
        next = (next + 1) & 0xFFFF;
        return taken;
    }
}
