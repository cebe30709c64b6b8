package io.tributary.transport.io;

/// Why a packet went no further. Each package that drops has its own enum of these; an operator sees
/// `area_name` as a label of the drop counter.
public interface DropReason {
    /// The enum constant's name.
    String name();

    /// The enum constant's position.
    int ordinal();
}
