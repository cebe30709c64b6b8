package io.tributary.load.measure;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How much memory the server holds on to: resident as the kernel says, and of a Java server's heap what a collection
/// leaves.
///
/// Where the whole heap is resident from the start (`-XX:+AlwaysPreTouch` and `-Xms` as large as `-Xmx`), what is
/// resident besides grows by what is native only, and the two add up.
public final class ServerMemory {
    private static final long COLLECTION_TIMEOUT_SECONDS = 30;

    private final long pid;
    private final ServerProcess process;
    private final @Nullable ServerMetrics metrics;

    /// @param heapBytes alive; NaN for a server that does not say
    public record Reading(double residentBytes, double heapBytes) {
        public Reading minus(Reading other) {
            return new Reading(residentBytes - other.residentBytes, heapBytes - other.heapBytes);
        }

        /// Shared by so many.
        public String over(double count) {
            String resident = String.format(Locale.ROOT, "%,.2f kB resident", residentBytes / count / 1e3);
            return Double.isNaN(heapBytes)
                    ? resident
                    : String.format(Locale.ROOT, "%,.2f kB of heap, %s", heapBytes / count / 1e3, resident);
        }
    }

    ServerMemory(long pid, ServerProcess process, @Nullable ServerMetrics metrics) {
        this.pid = pid;
        this.process = process;
        this.metrics = metrics;
    }

    /// Collects a Java server's garbage first.
    public Reading read() throws IOException, InterruptedException {
        ServerMetrics ours = metrics;
        if (ours == null) {
            return new Reading(process.residentBytes(), Double.NaN);
        }
        collect();
        OptionalDouble heap = ours.heapBytes();
        return new Reading(process.residentBytes(), heap.orElse(Double.NaN));
    }

    private void collect() throws IOException, InterruptedException {
        String jcmd = System.getProperty("java.home") + "/bin/jcmd";
        Process collection = new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!collection.waitFor(COLLECTION_TIMEOUT_SECONDS, TimeUnit.SECONDS) || collection.exitValue() != 0) {
            throw new IOException("jcmd could not collect the garbage of process " + pid);
        }
    }
}
