package io.tributary.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.measure.Session;
import io.tributary.load.measure.Window;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Somebody opens more connections than the server's process has descriptors: who is in a call stays in it, who comes
/// hears why not, and afterwards everything is as before.
class ExhaustionTest {
    private static final String DESCRIPTORS = "512";

    /// More than the server may have open.
    private static final int CONNECTIONS = 600;

    private static final Duration WINDOW = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void leavesCallsAloneAndTellsNewcomersWhy() throws IOException, InterruptedException {
        Shape shape = Shape.parse("audio2x3").orElseThrow();
        try (var server = new ServedByTributary(DESCRIPTORS);
                var session = new Session(server.asServer(), new Session.Settings(20, 1, 1, null), _ -> {})) {
            Call call = session.open(shape, 1);
            List<Socket> idle = connect(server.port());
            try {
                answers(server.httpUrl(), 503);
                Window window = session.measure(call, WINDOW);

                assertThat(window.received().received).isPositive();
                assertThat(window.clean()).as("%s", window).isTrue();
                assertThat(get(server.metricsUrl()).body())
                        .containsPattern("tributary_http_refused_connections_total [1-9]");
            } finally {
                for (Socket socket : idle) {
                    socket.close();
                }
            }
            answers(server.httpUrl(), 200);
            session.end(call);
            session.end(session.open(shape, 1));
        }
    }

    /// Those that are refused are among them, and closed.
    private static List<Socket> connect(int port) throws IOException {
        var sockets = new ArrayList<Socket>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var socket = new Socket();
            sockets.add(socket);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
        return sockets;
    }

    /// Sooner or later: connections are taken, and noticed to be gone, one after the other.
    private void answers(String url, int status) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Object last = "nothing";
        while (!last.equals(status)) {
            assertThat(System.nanoTime()).as("%s, not %d", last, status).isLessThan(deadline);
            try {
                last = get(url).statusCode();
            } catch (IOException e) {
                last = e; // one of those who are closed without a word
            }
        }
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
