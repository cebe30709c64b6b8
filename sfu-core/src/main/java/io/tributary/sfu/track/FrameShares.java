package io.tributary.sfu.track;

import io.tributary.transport.codec.FrameFacts;

/// Which receivers a packet is for, in one number: worked out once for each packet of a publisher, asked for each
/// of its subscribers, and kept beside the packet for those who ask for it again.
///
/// ```
/// bit  18 ... 16            | 15 ... 0
///      last of its picture  | needed, bit 4 * spatial + temporal
/// ```
public final class FrameShares {
    /// WebRTC's encoders have three of each kind of layer. Whatever is above counts as the highest.
    public static final int HIGHEST_SPATIAL = 2;

    /// Four, where VP8 could have them.
    public static final int HIGHEST_TEMPORAL = 3;

    /// For receivers that take spatial layers as they come: those of streams that have none, or are all wanted.
    public static final int EVERY_SPATIAL = HIGHEST_SPATIAL + 1;

    /// Of a packet that is of no frame.
    static final int NOBODYS = 0;

    private static final int TEMPORALS = HIGHEST_TEMPORAL + 1;
    private static final int LAST = (EVERY_SPATIAL + 1) * TEMPORALS;

    private FrameShares() {}

    static int of(FrameFacts facts) {
        int shares = 0;
        for (int temporal = 0; temporal < TEMPORALS; temporal++) {
            int limit = temporal == HIGHEST_TEMPORAL ? FrameFacts.HIGHEST_TEMPORAL_LAYER : temporal;
            for (int spatial = 0; spatial <= HIGHEST_SPATIAL; spatial++) {
                shares |= facts.neededFor(spatial, limit) ? 1 << TEMPORALS * spatial + temporal : 0;
            }
            shares |= facts.temporalId <= limit ? 1 << TEMPORALS * EVERY_SPATIAL + temporal : 0;
        }
        for (int spatial = 0; spatial <= HIGHEST_SPATIAL; spatial++) {
            shares |= facts.endsPictureFor(spatial) ? 1 << LAST + spatial : 0;
        }
        return shares;
    }

    /// Whether a receiver of the layers up to these needs the packet.
    ///
    /// @param spatial up to [#HIGHEST_SPATIAL], or [#EVERY_SPATIAL]; below 0 nothing is needed
    public static boolean neededFor(int shares, int spatial, int temporal) {
        return spatial >= 0 && (shares >>> TEMPORALS * spatial + temporal & 1) != 0;
    }

    /// Whether the packet is the last of its picture for a receiver of the spatial layers up to this one. Where
    /// they are taken as they come, the publisher's own marker says so.
    public static boolean endsPictureFor(int shares, int spatial) {
        return spatial >= 0 && (shares >>> LAST + spatial & 1) != 0;
    }
}
