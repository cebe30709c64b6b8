package io.tributary.load.measure;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// A median and how far the values lie from it: the median of the absolute deviations, which one bad repetition does
/// not move.
public record Median(double value, double deviation) {
    /// @param values at least one
    public static Median of(double... values) {
        double middle = middle(values);
        double[] deviations =
                Arrays.stream(values).map(value -> Math.abs(value - middle)).toArray();
        return new Median(middle, middle(deviations));
    }

    public static <T> Median of(List<T> of, ToDoubleFunction<T> by) {
        return of(of.stream().mapToDouble(by).toArray());
    }

    private static double middle(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
