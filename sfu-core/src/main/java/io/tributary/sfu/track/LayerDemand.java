package io.tributary.sfu.track;

/// How much of a track one subscriber wants.
///
/// @param layer highest spatial layer wanted, 0 the lowest; -1 for nothing at all
public record LayerDemand(int layer) {
    /// Send nothing until asked again: a hidden or disabled tile.
    public static final LayerDemand NONE = new LayerDemand(-1);

    public static final LayerDemand LOWEST = new LayerDemand(0);

    /// Three layers is what clients publish at most (q, h, f).
    public static final LayerDemand HIGHEST = new LayerDemand(2);

    public boolean paused() {
        return layer < 0;
    }
}
