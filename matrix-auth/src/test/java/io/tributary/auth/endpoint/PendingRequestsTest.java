package io.tributary.auth.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.auth.world.Door;
import io.tributary.auth.world.World;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What requests hold while a homeserver makes them wait.
class PendingRequestsTest {
    private static final int REQUESTS = 200;
    private static final int BODY_BYTES = 60 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Rate PLENTY = new Rate(100_000, 100_000);

    private final World world = new World();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        end.countDown();
        for (Socket socket : sockets) {
            socket.close();
        }
        world.close();
    }

    /// By what is live after collections: nothing that the requests pass through may keep a body or a copy of it.
    @Test
    void holdNoBodies() throws IOException {
        world.name("slow.example", "192.0.2.9").server("192.0.2.9", 8448, exchange -> hang(), "slow.example");
        try (Door door = door()) {
            for (int i = 0; i < REQUESTS; i++) {
                var socket = new Socket(InetAddress.getLoopbackAddress(), door.port());
                socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
                sockets.add(socket);
                // So that what a connection takes is there already.
                write(socket, "OPTIONS /get_token HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(status(socket)).isEqualTo("HTTP/1.1 200 OK");
            }
            long before = liveBytes();

            byte[] request = padded();
            for (Socket socket : sockets) {
                socket.getOutputStream().write(request);
            }
            until(() -> door.counters().pending() == REQUESTS);

            // A few kilobytes each remain: the request line and the headers, the fields, a virtual thread.
            long most = REQUESTS * BODY_BYTES / 2;
            until(() -> liveBytes() - before < most);
            assertThat(door.counters().pending()).isEqualTo(REQUESTS);
            end.countDown();
            for (Socket socket : sockets) {
                assertThat(status(socket)).isEqualTo("HTTP/1.1 401 Unauthorized");
            }
        }
    }

    private void hang() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("no answer");
    }

    private static byte[] padded() {
        String body = Door.sfuGet("slow.example", "t")
                .replaceFirst("\\{", "{\"padding\":\"" + "y".repeat(BODY_BYTES) + "\",");
        return ("POST /sfu/get HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The first line of the next answer, whose head ends it or is read to its end.
    private static String status(Socket socket) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 1);
        String status = String.valueOf(reader.readLine());
        for (String line = reader.readLine(); line != null && !line.isEmpty(); ) {
            line = reader.readLine();
        }
        return status;
    }

    private static long liveBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private Door door() {
        var limits = new DoorLimits(
                PLENTY,
                PLENTY,
                PLENTY,
                Duration.ofSeconds(5),
                64 << 10,
                5000,
                8,
                8,
                8,
                Duration.ofMinutes(10),
                Duration.ofMinutes(10));
        return new Door(world, DoorLimitsTest.settings("slow.example", limits));
    }
}
