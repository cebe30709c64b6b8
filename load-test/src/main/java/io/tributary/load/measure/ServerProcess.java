package io.tributary.load.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// The server's process as `/proc` shows it, threads that are gone included.
public final class ServerProcess {
    /// USER_HZ, which Linux fixes at 100 wherever Java runs.
    private static final long NANOS_PER_TICK = 10_000_000;

    private static final int USER_TIME = 13; // fields of /proc/PID/stat, from 0 (proc(5))
    private static final int SYSTEM_TIME = 14;

    private final long pid;
    private final Path directory;

    /// Processor time since the process began, to the hundredth of a second.
    public record CpuTime(long userNanos, long systemNanos) {
        public CpuTime since(CpuTime earlier) {
            return new CpuTime(userNanos - earlier.userNanos, systemNanos - earlier.systemNanos);
        }

        public long nanos() {
            return userNanos + systemNanos;
        }
    }

    /// @throws IOException when there is no such process
    public ServerProcess(long pid) throws IOException {
        this.pid = pid;
        directory = Path.of("/proc", Long.toString(pid));
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no process " + pid);
        }
    }

    long pid() {
        return pid;
    }

    public CpuTime cpuTime() throws IOException {
        String stat = read("stat");
        // The name in brackets may hold anything, spaces and brackets too.
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        int skipped = 2; // number and name
        return new CpuTime(
                Long.parseLong(fields.get(USER_TIME - skipped)) * NANOS_PER_TICK,
                Long.parseLong(fields.get(SYSTEM_TIME - skipped)) * NANOS_PER_TICK);
    }

    /// Resident memory, in bytes.
    public long residentBytes() throws IOException {
        return read("status")
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }

    private String read(String file) throws IOException {
        try {
            return Files.readString(directory.resolve(file));
        } catch (NoSuchFileException e) {
            throw new IOException("the server's process is gone", e);
        }
    }
}
