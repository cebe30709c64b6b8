package io.tributary.transport.sdp;

import java.util.List;

/// Sources that belong together (RFC 5576 §4.2): `FID` is a source and its retransmissions.
///
/// @param ssrcs unsigned 32 bits each, in the line's order
public record SsrcGroup(String semantics, List<Long> ssrcs) {
    /// A source and, second, its retransmissions (RFC 4588 §8.8).
    public static final String FID = "FID";

    public SsrcGroup {
        ssrcs = List.copyOf(ssrcs);
    }
}
