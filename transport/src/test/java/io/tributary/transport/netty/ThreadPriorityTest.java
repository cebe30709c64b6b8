package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadPriorityTest {
    private static final int CAP_SYS_NICE = 23;
    private static final int NICE_FIELD = 16; // of those after the name in /proc/PID/stat, from 0

    @Test
    void aMediaThreadGoesBeforeOthersAndWhatItStartsDoesNot() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/thread-self/stat")), "this is not Linux");
        int ordinary = nice();
        try (var loop = new NettyLoop("test").start()) {
            var own = new CompletableFuture<Integer>();
            var started = new CompletableFuture<Integer>();
            loop.post(() -> {
                own.complete(nice());
                Thread.ofPlatform().start(() -> started.complete(nice()));
            });
            assertThat(own.get(20, TimeUnit.SECONDS)).isEqualTo(permitted() ? ThreadPriority.NICE : ordinary);
            assertThat(started.get(20, TimeUnit.SECONDS)).isEqualTo(ordinary);
        }
    }

    /// By the capability, or by the limit: 20 less the nice value that may be asked for (getrlimit(2)).
    private static boolean permitted() throws IOException {
        long capabilities = Long.parseUnsignedLong(field("/proc/self/status", "CapEff:", 1), 16);
        String limit = field("/proc/self/limits", "Max nice priority", 3);
        return (capabilities >> CAP_SYS_NICE & 1) != 0
                || limit.equals("unlimited")
                || Integer.parseInt(limit) >= 20 - ThreadPriority.NICE;
    }

    private static String field(String file, String name, int index) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return List.of(line.split("\\s+", -1)).get(index);
            }
        }
        throw new AssertionError("no " + name + " in " + file);
    }

    private static int nice() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Integer.parseInt(fields[NICE_FIELD]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
