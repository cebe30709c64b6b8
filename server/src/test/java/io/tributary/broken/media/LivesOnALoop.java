package io.tributary.broken.media;

/// Something that only its media loop may touch.
public final class LivesOnALoop {
    private int packets;

    public void onPacket() {
        packets++;
    }

    public int packets() {
        return packets;
    }
}
