package io.tributary.sfu.track;

import io.tributary.transport.rtp.ExtensionMap;

/// Where a track's packets come from on one loop. Packets go down through its fanout, key frame requests come back up
/// through here. Media loop only.
///
/// @param <S> whom the track may feed: [TrackSink] for anybody, [LocalSink] for clients of this server alone
public sealed interface TrackSource<S extends TrackSink> permits PublishedTrack, MirroredTrack {
    TrackSpec spec();

    Fanout<S> fanout();

    /// What is known of one layer here.
    ///
    /// @param index 0 the lowest
    Layer layer(int index);

    /// The ids of the header extensions in the track's packets.
    ExtensionMap extensions();

    /// Asks for a key frame of one layer. May be called for every packet: requests are merged, and throttled at the
    /// origin.
    void requestKeyframe(int layer, long nowMicros);
}
