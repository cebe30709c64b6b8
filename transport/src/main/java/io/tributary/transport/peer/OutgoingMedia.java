package io.tributary.transport.peer;

import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;

/// What signalling agreed about one stream that we send to the peer.
///
/// @param ssrc ours, unique in the transport
/// @param rtxSsrc 0 when retransmissions go without RTX
/// @param cname SDES canonical name (RFC 3550 §6.5.1)
public record OutgoingMedia(
        String mid,
        MediaKind kind,
        PayloadFormat format,
        int ssrc,
        int rtxSsrc,
        ExtensionMap extensions,
        String cname) {
    /// Whether its packets are of no use late, and few: audio.
    boolean urgent() {
        return kind == MediaKind.AUDIO;
    }
}
