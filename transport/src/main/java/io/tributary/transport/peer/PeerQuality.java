package io.tributary.transport.peer;

/// How a connection did since it was last asked.
///
/// @param uplinkLossPercent of what the peer sent, after retransmission
/// @param downlinkLossPercent of what was sent to it, by its receiver reports, before retransmission
/// @param roundTripMicros smoothed, 0 while unknown
public record PeerQuality(double uplinkLossPercent, double downlinkLossPercent, long roundTripMicros) {}
