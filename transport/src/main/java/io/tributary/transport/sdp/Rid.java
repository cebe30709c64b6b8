package io.tributary.transport.sdp;

/// One `a=rid` line (RFC 8851 §4) without its restrictions.
///
/// @param send whether the writer of the description sends it
public record Rid(String id, boolean send) {}
