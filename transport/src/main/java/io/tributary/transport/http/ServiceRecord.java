package io.tributary.transport.http;

/// One SRV record (RFC 2782).
///
/// @param priority the lowest is tried first
/// @param weight how likely it comes first among those of its priority
/// @param target without the dot at its end; empty when the service is decidedly not there
public record ServiceRecord(int priority, int weight, int port, String target) {}
