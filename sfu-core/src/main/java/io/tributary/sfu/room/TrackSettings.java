package io.tributary.sfu.room;

/// How a subscriber wants to receive a track.
///
/// @param width of what is shown, 0 when not said; then `quality` counts
/// @param height of what is shown, 0 when not said
/// @param fps frames a second that are enough, 0 when not said
public record TrackSettings(boolean disabled, VideoQuality quality, int width, int height, int fps) {}
