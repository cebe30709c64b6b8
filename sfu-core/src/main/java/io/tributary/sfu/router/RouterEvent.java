package io.tributary.sfu.router;

import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.peer.PeerId;

/// What the media plane tells the control plane.
public sealed interface RouterEvent {
    /// ICE and DTLS are through.
    record Connected(PeerId peer) implements RouterEvent {}

    /// No sign of life for the consent time-out, or DTLS ended.
    record Disconnected(PeerId peer, String reason) implements RouterEvent {}

    /// A bug of ours on this peer's behalf; the connection is closed already.
    record Failed(PeerId peer, String reason) implements RouterEvent {}

    /// The first packet of a layer arrived.
    ///
    /// @param layer 0 the lowest
    record LayerStarted(TrackSid track, int layer, int ssrc) implements RouterEvent {}

    /// A track that announced encryption sends unencrypted media. Once for a track.
    record PlaintextSeen(TrackSid track) implements RouterEvent {}

    /// How loud an audio track was since the last one of these, every 100 ms or so while packets arrive.
    ///
    /// @param loudestDbov 0 the loudest, 127 silence (RFC 6464), the minimum over the interval
    /// @param activeMillis time covered by packets at or louder than the active threshold
    /// @param observedMillis time covered by packets
    record AudioLevel(TrackSid track, int loudestDbov, int activeMillis, int observedMillis) implements RouterEvent {}

    /// How a peer's connection does, every two seconds or so.
    ///
    /// @param uplinkLossPercent of what the peer sent, after retransmission, over the interval
    /// @param downlinkLossPercent of what was sent to it, by its receiver reports
    /// @param roundTripMillis 0 while unknown
    record Quality(PeerId peer, double uplinkLossPercent, double downlinkLossPercent, int roundTripMillis)
            implements RouterEvent {}
}
