package io.tributary.load.measure;

import io.tributary.transport.io.PacketBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How much memory the server holds on to: resident as the kernel says, and of a Java server's heap what a collection
/// leaves.
///
/// Where the whole heap is resident from the start (`-XX:+AlwaysPreTouch` and `-Xms` as large as `-Xmx`), what is
/// resident besides grows by what is native only, and the two add up.
public final class ServerMemory {
    private static final long COLLECTION_TIMEOUT_SECONDS = 30;

    private static final Pattern TOTAL = Pattern.compile("^Total +\\d+ +(\\d+)", Pattern.MULTILINE);

    /// Packet buffers are the tracks' histories and what is pooled: shared by all, and how many there are depends on
    /// how busy the server was before.
    private static final Pattern PACKET_BUFFERS =
            Pattern.compile("\\s(\\d+)\\s+\\d+\\s+" + Pattern.quote(PacketBuffer.class.getName()) + "\\b");

    /// The buffer, its array and their headers.
    private static final int PACKET_BUFFER_BYTES = 40 + 16 + PacketBuffer.CAPACITY;

    private final long pid;
    private final ServerProcess process;
    private final boolean java;

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

    /// @param java whether it is a Java server of ours
    @SuppressWarnings("MissingSummary")
    ServerMemory(long pid, ServerProcess process, boolean java) {
        this.pid = pid;
        this.process = process;
        this.java = java;
    }

    /// Collects a Java server's garbage first.
    public Reading read() throws IOException, InterruptedException {
        double heapBytes = java ? aliveBytes() : Double.NaN;
        return new Reading(process.residentBytes(), heapBytes);
    }

    /// What the collector itself says is in use is counted in pages of 2 MiB: too coarse for this.
    private double aliveBytes() throws IOException, InterruptedException {
        String jcmd = System.getProperty("java.home") + "/bin/jcmd";
        Process histogram = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String answer;
        try (InputStream output = histogram.getInputStream()) {
            answer = new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
        Matcher total = TOTAL.matcher(answer);
        Matcher packets = PACKET_BUFFERS.matcher(answer);
        if (!histogram.waitFor(COLLECTION_TIMEOUT_SECONDS, TimeUnit.SECONDS) || !total.find()) {
            throw new IOException("jcmd could not look at the heap of process " + pid);
        }
        double packetBytes = packets.find() ? Double.parseDouble(packets.group(1)) * PACKET_BUFFER_BYTES : 0;
        return Double.parseDouble(total.group(1)) - packetBytes;
    }
}
