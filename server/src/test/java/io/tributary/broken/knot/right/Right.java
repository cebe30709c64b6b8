package io.tributary.broken.knot.right;

import io.tributary.broken.knot.left.Left;

/// The other half.
public record Right(int knots) {
    public static Right of(Left left) {
        return new Right(left.knots());
    }
}
