package io.tributary.transport.io;

import java.lang.foreign.MemorySegment;

/// One path to a peer, asked for once and used for every packet: the sink's own memory, into which a datagram is
/// written where it will be sent from. Loop only.
///
/// ```java
/// long at = outlet.claim(maxBytes);
/// if (at != Outlet.NO_ROOM) { …write to outlet.memory() from at…; outlet.commit(sizeBytes, urgent); }
/// ```
/// A claim that is not committed is given up with the next one.
public interface Outlet {
    /// What [#claim] answers when the sink is closed, or nothing may be sent this way. The sink has counted it.
    long NO_ROOM = -1;

    /// Room for a datagram of up to `maxBytes`, at most [PacketBuffer#CAPACITY].
    ///
    /// @return where it begins in [#memory], or [#NO_ROOM]
    long claim(int maxBytes);

    /// Native memory; asked for anew after each claim.
    MemorySegment memory();

    /// Sends the datagram that was written at the last claim by the end of this turn, behind those committed before.
    ///
    /// @param urgent what is kept when the socket is full, for as long as it is of use: audio and control
    void commit(int sizeBytes, boolean urgent);

    /// How large a datagram should be made so that it can leave together with its neighbours: at least `sizeBytes`,
    /// and exactly that where nothing is gained by more.
    ///
    /// @param more whether others of about the same size are likely to follow
    int evenSize(int sizeBytes, boolean more);
}
