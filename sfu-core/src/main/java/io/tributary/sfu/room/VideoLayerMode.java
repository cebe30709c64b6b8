package io.tributary.sfu.room;

/// How layers map to RTP streams; in the order of LiveKit's wire numbers.
public enum VideoLayerMode {
    UNUSED,
    ONE_SPATIAL_LAYER_PER_STREAM,
    MULTIPLE_SPATIAL_LAYERS_PER_STREAM,
    ONE_SPATIAL_LAYER_PER_STREAM_INCOMPLETE_RTCP_SR
}
