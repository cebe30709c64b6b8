package io.tributary.sfu.track;

/// A sink that ends at clients of this server, be it by way of another loop. A track that came over a trunk feeds only
/// these, so that no trunk can feed a trunk.
public interface LocalSink extends TrackSink {}
