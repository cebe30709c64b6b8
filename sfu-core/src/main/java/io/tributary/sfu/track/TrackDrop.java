package io.tributary.sfu.track;

import io.tributary.transport.io.DropReason;

/// Why a packet did not get from its publisher into a track's fanout.
public enum TrackDrop implements DropReason {
    /// The publisher has muted the track and sends all the same.
    MUTED,
    /// Its rid is none that the track was announced with.
    UNKNOWN_LAYER,
    /// Another loop is so far behind that its ring is full; its subscribers miss the packet.
    LOOP_BACKLOG,
    /// The packet could not be read again on the other loop: never, unless we broke it.
    UNREADABLE
}
