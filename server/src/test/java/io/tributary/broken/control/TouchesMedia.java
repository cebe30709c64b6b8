package io.tributary.broken.control;

import io.tributary.broken.media.LivesOnALoop;

/// Reaches over to the media loop.
public final class TouchesMedia {
    private TouchesMedia() {}

    public static int packets(LivesOnALoop other) {
        return other.packets();
    }
}
