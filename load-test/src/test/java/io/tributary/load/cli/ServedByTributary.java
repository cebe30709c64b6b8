package io.tributary.load.cli;

import io.tributary.load.call.Target;
import io.tributary.load.measure.ServerMetrics;
import io.tributary.load.measure.ServerProcess;
import io.tributary.load.measure.Session;
import io.tributary.sfu.token.ApiKeys;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The real server in a process of its own, on loopback ports that were free a moment ago.
final class ServedByTributary implements AutoCloseable {
    /// Whose calls have to be encrypted end to end.
    static final String ENCRYPTED_SHAPE = "2x4";

    static final String SECRET = "a-secret-of-forty-characters-0123456789a";

    private static final long START_SECONDS = 120;

    private final Path log;
    private final Process process;
    private final int port;
    private final int metricsPort;

    ServedByTributary() throws IOException, InterruptedException {
        this("unlimited");
    }

    /// @param descriptors files and sockets that the process may have open, as `ulimit -n` takes them
    /// @param javaOptions of its virtual machine, besides those that it needs
    ServedByTributary(String descriptors, String... javaOptions) throws IOException, InterruptedException {
        log = Files.createTempFile("tributary", ".log");
        // Both at once, or they might be the same.
        try (var first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = first.getLocalPort();
            metricsPort = second.getLocalPort();
        }
        String config = """
                port: %d
                bind_addresses: ["127.0.0.1"]
                keys: {devkey: %s}
                rtc: {udp_port: %d}
                prometheus: {port: %d}
                logging: {level: warn}
                room: {require_e2ee_by_name: {"load-%s-*": always}}
                """.formatted(port, SECRET, freeUdpPort(), metricsPort, ENCRYPTED_SHAPE);
        var command = new ArrayList<String>();
        if (!descriptors.equals("unlimited")) {
            command.addAll(List.of("sh", "-c", "ulimit -n " + descriptors + " && exec \"$0\" \"$@\""));
        }
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of(javaOptions));
        command.addAll(List.of(
                "-ea",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tributary.server.Main",
                "serve",
                "--config-body",
                config));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        awaitAnswer();
    }

    String url() {
        return "ws://127.0.0.1:" + port;
    }

    String httpUrl() {
        return "http://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /// As those who make calls need it.
    Session.Server asServer() throws IOException {
        return new Session.Server(
                Target.of(URI.create(url()), Set.of()),
                new ApiKeys(Map.of("devkey", SECRET)),
                new ServerProcess(pid()),
                new ServerMetrics(HttpClient.newHttpClient(), URI.create(metricsUrl())));
    }

    String metricsUrl() {
        return "http://127.0.0.1:" + metricsPort + "/metrics";
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        if (!process.isAlive()) {
            System.out.println("the server ended by itself:\n" + Files.readString(log));
        }
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                process.waitFor(50, TimeUnit.MILLISECONDS); // it is not there yet
            }
        }
        throw new AssertionError("the server did not start:\n" + Files.readString(log));
    }

    private static int freeUdpPort() {
        try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
