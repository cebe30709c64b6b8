package io.tributary.transport.sdp;

import java.util.List;

/// What the `a=ssrc` lines of one synchronisation source say (RFC 5576 §4.1).
///
/// @param ssrc unsigned 32 bits
/// @param cname empty where there is none
/// @param msids none or one
public record SsrcAttributes(long ssrc, String cname, List<Msid> msids) {
    public SsrcAttributes {
        msids = List.copyOf(msids);
    }
}
