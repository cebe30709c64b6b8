package io.tributary.broken.knot.left;

import io.tributary.broken.knot.right.Right;

/// Half a knot.
public final class Left {
    private final int knots;

    public Left(Right right) {
        knots = right.knots() + 1;
    }

    public int knots() {
        return knots;
    }
}
