package io.tributary.transport.peer;

import io.tributary.transport.rtp.Codec;

/// One negotiated codec of an m-line.
///
/// @param rtxPayloadType the payload type of its retransmissions (RFC 4588), -1 without
/// @param nack whether `rtcp-fb nack` was agreed
public record PayloadFormat(Codec codec, int payloadType, int rtxPayloadType, boolean nack) {}
