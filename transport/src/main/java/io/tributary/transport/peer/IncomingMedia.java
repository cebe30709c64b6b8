package io.tributary.transport.peer;

import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import java.util.List;

/// What signalling agreed about one m-line on which the peer sends to us.
///
/// @param formats in order of preference
/// @param rids as in `a=simulcast:send`, empty without simulcast
/// @param ssrcs primary SSRCs that the offer declared with `a=ssrc`, empty where streams are found by mid and rid
/// @param rtxSsrcs for each of `ssrcs` its retransmission SSRC of `a=ssrc-group:FID`, 0 without
public record IncomingMedia(
        String mid,
        MediaKind kind,
        List<PayloadFormat> formats,
        ExtensionMap extensions,
        List<String> rids,
        List<Integer> ssrcs,
        List<Integer> rtxSsrcs) {
    public IncomingMedia {
        formats = List.copyOf(formats);
        rids = List.copyOf(rids);
        ssrcs = List.copyOf(ssrcs);
        rtxSsrcs = List.copyOf(rtxSsrcs);
    }
}
