package io.tributary.transport.ice;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;

/// What an [IceAgent] tells its peer, on the peer's loop and during the call that caused it.
public interface IceEvents {
    /// An answer to send to `tuple`; the reference is handed over.
    void onIceResponse(Tuple tuple, PacketBuffer response);

    /// An authenticated check came on this path, for the first time or again: packets from it belong to this peer.
    void onIceValidated(Tuple tuple);

    /// The path was given up for a newer one; packets from it are no longer the peer's.
    void onIceForgotten(Tuple tuple);

    /// Send to `tuple` from now on: the first path, a nominated one, or the same one again after consent was lost.
    void onIceSelected(long nowMicros, Tuple tuple);

    /// No authenticated check came for [IceAgent#CONSENT_TIMEOUT_MICROS]. The next one selects a path again.
    void onIceConsentLost(long nowMicros);
}
