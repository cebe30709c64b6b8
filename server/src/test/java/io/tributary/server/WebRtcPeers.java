package io.tributary.server;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Participants that are libwebrtc, run by [WebRtcProgram] in a JVM beside this one.
final class WebRtcPeers implements AutoCloseable {
    /// A cold JVM, 23 MB of native code, and a machine that does other things as well.
    private static final Duration START = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_MILLIS = 200;

    /// What reading a process's output ends with.
    private static final String END = "end";

    private final Process process;
    private final Path scratch;
    private final BufferedWriter commands;
    private final LinkedBlockingQueue<String> output = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private WebRtcPeers(Process process, Path scratch) {
        this.process = process;
        this.scratch = scratch;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name("webrtc-output").start(this::read);
    }

    /// Skips the test where libwebrtc cannot be loaded, and fails it where `CI=true` promises that it can.
    static WebRtcPeers start(TestServer server) {
        try {
            // libwebrtc is unpacked there, and killed processes do not tidy up.
            Path scratch = Files.createTempDirectory("webrtc-peers");
            var builder = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Djava.io.tmpdir=" + scratch,
                    "-cp",
                    System.getProperty("java.class.path"),
                    WebRtcProgram.class.getName(),
                    server.webSocketUrl());
            var peers = new WebRtcPeers(builder.redirectErrorStream(true).start(), scratch);
            if (peers.find("ready"::equals, START).isEmpty()) {
                peers.close();
                String why = "libwebrtc cannot be loaded; ./check installs what it needs: " + peers.said;
                if ("true".equals(System.getenv("CI"))) {
                    throw new AssertionError(why);
                }
                System.err.println("SKIPPED: " + why);
                abort(why);
            }
            return peers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void join(String name, String token) {
        command("join " + name + " " + token);
        event(name, "joined");
    }

    void publish(String name) {
        command("publish " + name);
    }

    /// Sends without asking.
    void smuggle(String name) {
        command("smuggle " + name);
    }

    void restartIce(String name) {
        command("restart " + name);
    }

    /// Waits for something a peer reports: `published`, `leave …`.
    String event(String name, String event) {
        String prefix = "event " + name + " " + event;
        return find(line -> line.startsWith(prefix), PATIENCE)
                .orElseThrow(() -> new AssertionError("no \"" + prefix + "\" but " + said));
    }

    /// What libwebrtc counts for a peer right now.
    Stats stats(String name) {
        command("stats " + name);
        String prefix = "stats " + name + " ";
        String line = find(heard -> heard.startsWith(prefix), PATIENCE)
                .orElseThrow(() -> new AssertionError("no stats of " + name + " but " + said));
        Map<String, String> values = new HashMap<>();
        for (String pair : line.substring(prefix.length()).split(" ", -1)) {
            int equals = pair.indexOf('=');
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new Stats(values);
    }

    /// Asks until the answer is as wanted.
    Stats statsUntil(String name, Predicate<Stats> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Stats stats = stats(name);
        while (!wanted.test(stats)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + " stays at " + stats + "; " + said);
            }
            find(line -> false, Duration.ofMillis(POLL_MILLIS));
            stats = stats(name);
        }
        return stats;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        try (var left = Files.list(scratch)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
            Files.delete(scratch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Stats(Map<String, String> values) {
        Stats {
            values = Map.copyOf(values);
        }

        long number(String key) {
            return Long.parseLong(text(key));
        }

        String text(String key) {
            return values.getOrDefault(key, "");
        }
    }

    private void command(String line) {
        try {
            commands.write(line);
            commands.newLine();
            commands.flush();
        } catch (IOException e) {
            throw new AssertionError("the peers' process is gone: " + said, e);
        }
    }

    /// The first line that fits, and never again: what is passed over stays in [#said].
    private Optional<String> find(Predicate<String> wanted, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                String line = output.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null || line.equals(END)) {
                    return Optional.empty();
                }
                said.add(line);
                if (wanted.test(line)) {
                    return Optional.of(line);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private void read() {
        try (var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("cannot read the peers' output: " + e);
        }
        output.add(END);
    }
}
