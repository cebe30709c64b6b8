package io.tributary.sfu.forward;

import io.tributary.transport.io.DropReason;

/// Why a subscriber did not get a packet of a track it is subscribed to, or no answer to a NACK.
public enum ForwardDrop implements DropReason {
    /// Its connection is not secured yet.
    NOT_CONNECTED,
    /// It wants nothing of the track now: a hidden or disabled tile.
    PAUSED,
    /// It gets another layer: the normal fate of two packets in three of a simulcast track.
    OTHER_LAYER,
    /// It cannot decode the layer before a key frame comes.
    AWAITING_KEYFRAME,
    /// Its frame is left out, because the subscriber wants fewer.
    LEFT_OUT,
    /// Came so late that it has no place left: it belongs before the key frame that the layer was entered at.
    STALE,
    /// Asked for again, but never sent, or sent too long ago.
    NACK_UNKNOWN,
    /// Asked for again, but never received from the publisher, or gone from the history.
    NACK_MISSING,
    /// Asked for again too often or too soon.
    NACK_LIMITED,
    /// Asked for again when the subscriber had been sent a quarter of its media again already.
    NACK_OVER_BUDGET,
    /// A key frame asked for too often by one subscriber: the one before is on its way, or it cannot be helped.
    KEYFRAME_LIMITED
}
