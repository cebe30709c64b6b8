package io.tributary.sfu.track;

/// How much of a track one subscriber wants.
///
/// @param layer highest spatial layer wanted, 0 the lowest; -1 for nothing at all
/// @param maxFps frames a second that are enough; 0 for all there are
public record LayerDemand(int layer, int maxFps) {
    /// Send nothing until asked again: a hidden or disabled tile.
    public static final LayerDemand NONE = new LayerDemand(-1);

    public static final LayerDemand LOWEST = new LayerDemand(0);

    /// Three layers is what clients publish at most (q, h, f).
    public static final LayerDemand HIGHEST = new LayerDemand(2);

    /// All frames of a layer.
    public LayerDemand(int layer) {
        this(layer, 0);
    }

    /// The same layer, at no more than `fps` frames a second; 0 for all there are.
    public LayerDemand atMost(int fps) {
        return new LayerDemand(layer, fps);
    }

    public boolean paused() {
        return layer < 0;
    }
}
