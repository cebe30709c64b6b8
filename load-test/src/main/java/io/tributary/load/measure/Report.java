package io.tributary.load.measure;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// The windows of one shape as a row of a Markdown table: medians, and the median deviation behind ±.
public final class Report {
    public static final String HEAD = """
            | Server | Shape | packets/s | µs CPU/packet | user | system | loss | latency p50 | p99 | p99.9 | \
            allocated/packet | RSS | server | generator |
            |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """;

    private Report() {}

    /// @param server what to call it
    public static String row(String server, String shape, List<Window> windows) {
        return "| " + server + " | " + shape
                + " | " + number("%,.0f", windows, Window::packetsPerSecond)
                + " | " + optional("%.2f", windows, Window::serverMicros)
                + " | " + optional("%.2f", windows, Window::serverUserMicros)
                + " | " + optional("%.2f", windows, Window::serverSystemMicros)
                + " | " + loss(windows)
                + " | " + number("%.0f µs", windows, window -> window.latencyMicros(50))
                + " | " + number("%.0f µs", windows, window -> window.latencyMicros(99))
                + " | " + number("%.0f µs", windows, window -> window.latencyMicros(99.9))
                + " | " + optional("%.1f B", windows, Window::allocatedBytes)
                + " | " + megabytes(windows)
                + " | " + number("%.0f %%", windows, window -> 100 * window.serverShare())
                + " | " + number("%.0f %%", windows, window -> 100 * window.generatorShare())
                + (windows.stream().anyMatch(Window::generatorWasTheBottleneck) ? " (!)" : "")
                + " |";
    }

    /// What a reader must know before believing the row, a sentence a line; empty when there is nothing.
    public static String warnings(List<Window> windows) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < windows.size(); i++) {
            Window window = windows.get(i);
            String which = "window " + (i + 1) + ": ";
            var received = window.received();
            if (!window.clean()) {
                out.append(which)
                        .append(String.format(
                                Locale.ROOT,
                                "%d missing, %d duplicated, %d corrupt, %d that would not decrypt, "
                                        + "%d frames that would not open, %d unexpected%n",
                                received.missing,
                                received.duplicates,
                                received.corrupt,
                                received.refused,
                                received.sealed,
                                received.unknown));
            }
            if (window.generatorWasTheBottleneck()) {
                out.append(which)
                        .append(String.format(
                                Locale.ROOT,
                                "the generator could not keep up (it had %.0f %% of a core; %d datagrams overran its "
                                        + "sockets, %d were refused by the kernel, %d frames came too late): loss and "
                                        + "latency say little about the server%n",
                                100 * window.generatorShare(),
                                window.overruns(),
                                window.refused(),
                                window.skipped()));
            }
        }
        return out.toString();
    }

    private static String loss(List<Window> windows) {
        double worst = windows.stream().mapToDouble(Window::lossPercent).max().orElse(0);
        return worst == 0 ? "0" : String.format(Locale.ROOT, "≤ %.3f %%", worst);
    }

    private static String megabytes(List<Window> windows) {
        long resident = windows.getLast().residentBytes();
        return resident == 0 ? "–" : String.format(Locale.ROOT, "%d MB", resident >> 20);
    }

    private static String optional(String format, List<Window> windows, Function<Window, OptionalDouble> by) {
        return windows.stream().allMatch(window -> by.apply(window).isPresent())
                ? number(format, windows, window -> by.apply(window).orElse(0))
                : "–";
    }

    private static String number(String format, List<Window> windows, ToDoubleFunction<Window> by) {
        Median median = Median.of(windows, by);
        String value = String.format(Locale.ROOT, format, median.value());
        return windows.size() < 2
                ? value
                : value + " ± " + String.format(Locale.ROOT, format.replaceAll("[^%.,0-9f].*", ""), median.deviation());
    }
}
