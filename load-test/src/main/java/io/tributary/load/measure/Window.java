package io.tributary.load.measure;

import io.tributary.load.media.Tally;
import java.util.OptionalDouble;

/// What happened between two moments.
///
/// @param serverUserMicros per media packet that arrived, empty where the server's process is not known
/// @param allocatedBytes by the server, per media packet that arrived
/// @param generatorShare the generator's processor time, in cores
/// @param overruns datagrams that were lost at the generator's own sockets
/// @param refused datagrams that the kernel did not take from the generator
/// @param skipped frames that the generator was too late to send
public record Window(
        double seconds,
        Tally received,
        long published,
        OptionalDouble serverUserMicros,
        OptionalDouble serverSystemMicros,
        OptionalDouble allocatedBytes,
        double serverShare,
        double generatorShare,
        long overruns,
        long refused,
        long skipped,
        long residentBytes) {
    /// Above this its own turn times show in what it measures.
    private static final double BUSY = 0.85;

    /// Frames that came too late, for each packet sent: a few of them change no figure.
    private static final double TOLERATED_LATENESS = 0.001;

    /// Microseconds of the server's processor time, user and system, per media packet that arrived.
    public OptionalDouble serverMicros() {
        return serverUserMicros.isEmpty() || serverSystemMicros.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(serverUserMicros.getAsDouble() + serverSystemMicros.getAsDouble());
    }

    public double packetsPerSecond() {
        return received.received / seconds;
    }

    public double lossPercent() {
        long expected = received.received + received.missing;
        return expected == 0 ? 0 : 100.0 * received.missing / expected;
    }

    public double latencyMicros(double percentile) {
        return received.latency.getValueAtPercentile(percentile) / 1_000.0;
    }

    /// Whether what was lost, if anything was, may have been lost by the generator.
    public boolean generatorSaturated() {
        return generatorShare > BUSY || overruns > 0 || refused > 0;
    }

    /// Whether the generator, or whatever else runs on its core, makes these figures say little about the server.
    public boolean generatorWasTheBottleneck() {
        return generatorSaturated() || skipped > published * TOLERATED_LATENESS;
    }

    /// Whether everything that was sent arrived, once and unharmed.
    public boolean clean() {
        return received.missing == 0
                && received.duplicates == 0
                && received.corrupt == 0
                && received.refused == 0
                && received.sealed == 0
                && received.unknown == 0;
    }
}
