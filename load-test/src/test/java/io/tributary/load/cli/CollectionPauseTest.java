package io.tributary.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long the garbage collector stops a server in the middle of a call, with the collector that `run` chooses and as
/// many collections as can be had: nobody would hear it.
class CollectionPauseTest {
    private static final int COLLECTIONS = 10;
    private static final long COLLECTION_SECONDS = 60;

    /// What the collector itself needs. Other processes on a busy machine may take the processor away in a pause, so
    /// this is asked of nine in ten, and of the others what a call survives without a gap.
    private static final double USUAL_MILLIS = 2;

    private static final double LONGEST_MILLIS = 100;

    /// `[…] GC(3) O: Pause Mark End 0.012ms`
    private static final Pattern PAUSE = Pattern.compile(" Pause .*?([0-9.]+)ms");

    @TempDir
    Path directory;

    @Test
    void stopsACallForNoLongerThanAMomentEach() throws IOException, InterruptedException {
        Path log = directory.resolve("gc.log");
        try (var server = new ServedByTributary("unlimited", "-XX:+UseZGC", "-Xmx256m", "-Xlog:gc+phases:file=" + log);
                var session = new Session(server.asServer(), new Session.Settings(20, 4, 1, null), _ -> {})) {
            Call call = session.open(Shape.parse("audio2x3").orElseThrow(), 4);
            for (int i = 0; i < COLLECTIONS; i++) {
                collect(server.pid());
            }
            session.end(call);
        }
        double[] millis = Files.readAllLines(log).stream()
                .map(PAUSE::matcher)
                .filter(Matcher::find)
                .mapToDouble(pause -> Double.parseDouble(pause.group(1)))
                .sorted()
                .toArray();

        assertThat(millis).hasSizeGreaterThan(2 * COLLECTIONS);
        System.out.printf(
                "%d pauses for collections: p50 %.3f ms, p99 %.3f ms, longest %.3f ms%n",
                millis.length, millis[millis.length / 2], millis[millis.length * 99 / 100], millis[millis.length - 1]);
        assertThat(millis[millis.length * 9 / 10]).isLessThan(USUAL_MILLIS);
        assertThat(millis[millis.length - 1]).isLessThan(LONGEST_MILLIS);
    }

    private static void collect(long pid) throws IOException, InterruptedException {
        String jcmd = System.getProperty("java.home") + "/bin/jcmd";
        Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.run")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(COLLECTION_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
