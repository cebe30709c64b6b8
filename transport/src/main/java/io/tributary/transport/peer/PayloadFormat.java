package io.tributary.transport.peer;

import io.tributary.transport.rtp.Codec;

/// One negotiated codec of an m-line.
///
/// @param rtxPayloadType the payload type of its retransmissions (RFC 4588), -1 without
/// @param nack whether `rtcp-fb nack` was agreed
/// @param fir whether key frames are asked for by FIR (`ccm fir`, RFC 5104 §4.3.1): where `nack pli` was not agreed
public record PayloadFormat(Codec codec, int payloadType, int rtxPayloadType, boolean nack, boolean fir) {
    /// A format whose key frames are asked for by PLI, as everybody has it.
    public PayloadFormat(Codec codec, int payloadType, int rtxPayloadType, boolean nack) {
        this(codec, payloadType, rtxPayloadType, nack, false);
    }
}
