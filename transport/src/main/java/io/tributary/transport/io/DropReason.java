package io.tributary.transport.io;

/// Why a packet went no further. Each package that drops has its own enum of these, `AreaDrop`; an operator sees them
/// as `tributary_area_drops_total` with the constant's name in small letters as its reason.
public interface DropReason {
    /// The enum constant's name.
    String name();

    /// The enum constant's position.
    int ordinal();
}
