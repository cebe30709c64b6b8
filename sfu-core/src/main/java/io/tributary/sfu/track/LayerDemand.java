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

    private static final LayerDemand MIDDLE = new LayerDemand(1);

    /// All frames of a layer, as one of few shared values: every subscription has one.
    public static LayerDemand upTo(int layer) {
        return switch (layer) {
            case -1 -> NONE;
            case 0 -> LOWEST;
            case 1 -> MIDDLE;
            case 2 -> HIGHEST;
            default -> new LayerDemand(layer);
        };
    }

    /// The same layer, at no more than `fps` frames a second; 0 for all there are.
    public LayerDemand atMost(int fps) {
        return fps == maxFps ? this : new LayerDemand(layer, fps);
    }

    public boolean paused() {
        return layer < 0;
    }
}
