package io.tributary.load.bench;

import org.openjdk.jmh.Main;

/// Runs the benchmarks; takes JMH's own arguments: `SrtpBenchmark -p keys=500 -prof gc`.
public final class Benchmarks {
    private Benchmarks() {}

    public static void main(String[] args) throws Exception {
        Main.main(args);
    }
}
