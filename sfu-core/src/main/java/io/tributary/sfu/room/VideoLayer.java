package io.tributary.sfu.room;

/// One size of a video track, as its publisher declared it and as it was found on the wire.
///
/// @param ssrc 0 until seen; an unsigned 32-bit value
/// @param rid empty until negotiated
/// @param repairSsrc 0 until known
public record VideoLayer(
        VideoQuality quality,
        int width,
        int height,
        int bitrateBps,
        int ssrc,
        int spatialLayer,
        String rid,
        int repairSsrc) {
    public VideoLayer(VideoQuality quality, int width, int height, int bitrateBps) {
        this(quality, width, height, bitrateBps, 0, 0, "", 0);
    }
}
