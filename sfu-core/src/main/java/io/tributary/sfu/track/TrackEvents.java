package io.tributary.sfu.track;

/// What a published track tells the router, on its loop.
public interface TrackEvents {
    /// A stream of the layer showed itself: at first, and again when its SSRC changes.
    void onLayerStarted(int layer, int ssrc);

    /// The track announced encryption, and what it sends is not encrypted. Once.
    void onPlaintext();

    /// How loud an audio track was since the last call.
    ///
    /// @param loudestDbov 0 the loudest, 127 silence (RFC 6464)
    void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis);
}
