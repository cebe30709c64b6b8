package io.tributary.transport.peer;

/// Totals of one stream since it began.
///
/// @param lost packets missed for good, net of retransmissions; may shrink when late ones arrive
/// @param jitterTicks interarrival jitter (RFC 3550 §6.4.1) in codec ticks
public record StreamStats(long packets, long bytes, long lost, int jitterTicks) {}
